import type { DiskSnapshot } from '../simulated/disk-snapshot.js';
import type { SimulatedDisk } from '../simulated/simulated-disk.js';
import type { TraceEntry } from '../simulated/trace.js';

/** A moment at which the power may go. */
export interface CrashPoint {
  /** Mutating calls that had been made by then. */
  readonly calls: number;
  /** True when the last of them had not come back. */
  readonly inFlight: boolean;
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

/** What a recording has to know of the facts that a program notes. */
export interface NotedFacts {
  readonly count: number;
  onNote: (() => void) | undefined;
}

/**
 * One run yields every crash point: the disk is a value at each moment, so nothing has to be run again to die at the next
 * call. There is one at each mutating call, one at each fact that follows another without a call between them, and one at
 * the end.
 */
export async function record<T>(
  disk: SimulatedDisk,
  program: () => Promise<T>,
  facts: NotedFacts,
): Promise<Recording<T>> {
  const points: CrashPoint[] = [];
  const add = (moment: Pick<CrashPoint, 'inFlight' | 'ended'>): void => {
    points.push({ calls: disk.trace.length, snapshot: disk.snapshot(), facts: facts.count, ...moment });
  };
  disk.onMutation(() => add({ inFlight: true, ended: false }));
  facts.onNote = () => {
    if (facts.count > (points.at(-1)?.facts ?? 0)) add({ inFlight: false, ended: false });
  };
  const result = await disk.run(program);
  disk.onMutation(undefined);
  facts.onNote = undefined;
  add({ inFlight: false, ended: true });
  return { points, trace: disk.trace.slice(), result };
}
