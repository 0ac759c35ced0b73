import { StalledError } from '../simulated/run-to-end.js';
import type { SimulatedDisk } from '../simulated/simulated-disk.js';
import type { TraceEntry } from '../simulated/trace.js';
import type { CrashStudy } from './crash-study.js';
import type { Oracle } from './oracle.js';
import { type CrashPoint, record } from './recording.js';

/** What became of one state: it recovered and holds, or it broke something. */
export interface Verdict {
  /** Undefined when all is well. */
  readonly error: unknown;
  /** What `check` returned. */
  readonly fingerprint: string | undefined;
  /** Where recovery could have died; empty unless it is to be crashed. */
  readonly points: readonly CrashPoint[];
  /** What recovery did. */
  readonly trace: readonly TraceEntry[];
}

export interface Circumstances {
  readonly facts: number;
  readonly depth: number;
  readonly state: number;
  /** What the first recovery of this data showed, when it had come to its end. */
  readonly earlier: string | undefined;
  /** Whether recovery is to be crashed too: keeping each of its moments costs a tenth of the whole. */
  readonly deeper: boolean;
}

/** Opens the engine on a disk and checks what must hold. Leaves a dead disk behind. */
export async function examine<Engine, Fact>(
  study: CrashStudy<Engine, Fact>,
  oracle: Oracle<Fact>,
  disk: SimulatedDisk,
  circumstances: Circumstances,
): Promise<Verdict> {
  const { facts, depth, state, earlier, deeper } = circumstances;
  let points: readonly CrashPoint[] = [];
  let fingerprint: string | undefined;
  let error: unknown;
  let recovered = 0;
  try {
    const open = (): Promise<Engine> => study.open(disk);
    const { result, ...recovery } = deeper
      ? await record(disk, open, { count: facts, onNote: undefined })
      : { result: await disk.run(open), points };
    points = recovery.points;
    recovered = disk.trace.length;
    fingerprint = await disk.run(() => study.check(result, { facts: oracle.first(facts), depth, state }));
    error = idempotence(earlier, fingerprint);
  } catch (caught) {
    recovered = recovered === 0 ? disk.trace.length : recovered;
    error = caught ?? new Error('a check failed without an error');
  }
  disk.crash();
  return { error, fingerprint, points, trace: disk.trace.slice(0, recovered) };
}

function idempotence(earlier: string | undefined, now: string | undefined): Error | undefined {
  if (earlier === undefined || now === undefined || earlier === now) return undefined;
  return new Error(`recovery is not idempotent: the first one ended with ${earlier}, the next with ${now}`);
}

export function messageOf(error: unknown): string {
  if (error instanceof StalledError) return 'it waits for something that never comes';
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
