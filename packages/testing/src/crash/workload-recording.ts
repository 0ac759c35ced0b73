import { SimulatedDisk } from '../simulated/simulated-disk.js';
import { type DiskCall, describeCall, type TraceEntry, traceHash } from '../simulated/trace.js';
import type { CrashOptions, CrashStudy } from './crash-study.js';
import { Oracle } from './oracle.js';
import { type Recording, record } from './recording.js';

/** Two runs with one seed did different things: the engine takes time, chance or order from somewhere else. */
export class NondeterminismError extends Error {
  public override readonly name = 'NondeterminismError';
}

export interface WorkloadRecording<Fact> extends Recording<unknown> {
  readonly oracle: Oracle<Fact>;
  /** Every call of the workload, mutating or not. */
  readonly calls: readonly DiskCall[];
}

/** Runs the workload once, on an empty disk. */
export async function recordWorkload<Engine, Fact>(
  study: CrashStudy<Engine, Fact>,
  options: CrashOptions,
): Promise<WorkloadRecording<Fact>> {
  const oracle = new Oracle<Fact>();
  const { completions, faults } = options;
  const disk = new SimulatedDisk({ seed: options.seed ?? 1, completions, faults });
  const calls: DiskCall[] = [];
  disk.onCall((call) => calls.push(call));
  try {
    const recording = await record(disk, () => study.workload(disk, oracle), oracle);
    return { ...recording, oracle, calls };
  } finally {
    disk.crash();
  }
}

/** Fails with the first call that differs. */
export function requireSameTrace(first: readonly TraceEntry[], second: readonly TraceEntry[]): void {
  if (traceHash(first) === traceHash(second)) return;
  const at = first.findIndex((entry, i) => traceHash([entry]) !== traceHash(second.slice(i, i + 1)));
  const index = at === -1 ? first.length : at;
  const [one, other] = [first, second].map((trace) => {
    const entry = trace[index];
    return entry === undefined ? 'nothing' : `${describeCall(entry)} (${entry.outcome})`;
  });
  throw new NondeterminismError(
    `two runs with one seed differ at call ${index}: first ${one}, then ${other}; ` +
      'take time from disk.clock, chance from disk.random, and no order from anything else',
  );
}
