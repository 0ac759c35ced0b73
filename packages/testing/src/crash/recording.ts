import type { DiskSnapshot } from '../simulated/disk-snapshot.js';
import type { SimulatedDisk } from '../simulated/simulated-disk.js';
import type { TraceEntry } from '../simulated/trace.js';

/** A moment at which the power may go. */
export interface CrashPoint {
  /** Index of the mutating call in flight; the number of calls when the program had ended. */
  readonly index: number;
  readonly snapshot: DiskSnapshot;
  /** Facts noted by then. */
  readonly facts: number;
  /** True at the end of the program. */
  readonly ended: boolean;
}

/** A program that ran on a disk, with every moment at which it could have died. */
export interface Recording<T> {
  readonly points: readonly CrashPoint[];
  readonly trace: readonly TraceEntry[];
  readonly result: T;
}

/**
 * One run yields every crash point: the disk is a value at each moment, so nothing has to be run again to die at the next
 * call. `facts` tells how many facts are noted.
 */
export async function record<T>(
  disk: SimulatedDisk,
  program: () => Promise<T>,
  facts: () => number,
): Promise<Recording<T>> {
  const points: CrashPoint[] = [];
  disk.onMutation((index) => {
    points.push({ index, snapshot: disk.snapshot(), facts: facts(), ended: false });
  });
  const result = await disk.run(program);
  disk.onMutation(undefined);
  const trace = disk.trace.slice();
  points.push({ index: trace.length, snapshot: disk.snapshot(), facts: facts(), ended: true });
  return { points, trace, result };
}
