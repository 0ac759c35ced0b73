import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { checkPoint } from './check-point.js';
import { type Effect, type Fault, runFaulted, scriptPlan } from './faulted-child.js';

export interface SyscallsOptions {
  /** Exists; every point has a directory of its own in it, which goes when it held. */
  readonly directory: string;
  readonly library: string;
  readonly seed: number;
  readonly effects: readonly { readonly effect: Effect; readonly ever: boolean }[];
  /** Takes each call of this many only, a different one for each effect; 1 takes all. */
  readonly every: number;
  readonly onPoint?: ((done: number, all: number) => void) | undefined;
}

export interface SyscallsResult {
  /** System calls that change something, of one run. */
  readonly calls: number;
  /** Points that were tried, by effect. */
  readonly points: Readonly<Record<string, number>>;
  readonly lost: number;
  readonly phantoms: number;
  readonly acknowledged: number;
  /** Each with the fault that brought it about, and the directory that shows it. */
  readonly faults: readonly string[];
}

/** Lets one system call after the other go wrong. */
export async function runSyscalls(options: SyscallsOptions): Promise<SyscallsResult> {
  const calls = await mutatingCalls(options);
  const faults = options.effects.flatMap((kind, nth) => pointsOf(calls, kind, options.every, nth));
  const sums = { lost: 0, phantoms: 0, acknowledged: 0 };
  const points: Record<string, number> = {};
  const found: string[] = [];
  let done = 0;
  await eachOf(faults, availableParallelism(), async (fault) => {
    const directory = mkdtempSync(join(realpathSync(options.directory), `${fault.effect}-${fault.at}-`));
    const result = await checkPoint(options.library, { directory, seed: options.seed }, fault);
    done += 1;
    options.onPoint?.(done, faults.length);
    if (result.reached) points[name(fault)] = (points[name(fault)] ?? 0) + 1;
    sums.lost += result.lost;
    sums.phantoms += result.phantoms;
    sums.acknowledged += result.acknowledged;
    if (result.faults.length === 0) rmSync(directory, { recursive: true });
    else {
      const call = calls[fault.at - 1] ?? 'a call beyond the first run';
      const all = result.faults.join('; ');
      found.push(`${name(fault)} at ${fault.at} (${call}): ${all}; see ${directory}`);
    }
  });
  return { calls: calls.length, points, ...sums, faults: found };
}

/** The calls of a run in which nothing goes wrong, each as name and path. Timers make some of them come and go. */
async function mutatingCalls(options: SyscallsOptions): Promise<readonly string[]> {
  const directory = mkdtempSync(join(realpathSync(options.directory), 'counted-'));
  const list = join(directory, 'calls');
  const plan = scriptPlan(directory, options.seed);
  const run = await runFaulted(options.library, plan, { at: 0, effect: 'kill', ever: false }, list);
  if (run.end !== 0) throw new Error(`the script ended with ${run.end}: ${run.complaints}`);
  const lines = readFileSync(list, 'utf8').trim().split('\n');
  rmSync(directory, { recursive: true });
  return lines.map((line) => line.slice(line.indexOf(' ') + 1));
}

/** Half a write makes sense for writes only. */
function pointsOf(
  calls: readonly string[],
  kind: { readonly effect: Effect; readonly ever: boolean },
  every: number,
  nth: number,
): readonly Fault[] {
  const partial = kind.effect === 'torn' || kind.effect === 'short';
  return calls
    .map((call, index) => ({ call, at: index + 1 }))
    .filter(({ call }) => !partial || /^p?writev? /.test(call))
    .filter((_, index) => index % every === nth % every)
    .map(({ at }) => ({ at, ...kind }));
}

function name({ effect, ever }: Fault): string {
  return ever ? `${effect} from then on` : effect;
}

async function eachOf<T>(list: readonly T[], width: number, use: (item: T) => Promise<void>): Promise<void> {
  const rest = [...list];
  const worker = async (): Promise<void> => {
    for (let item = rest.shift(); item !== undefined; item = rest.shift()) await use(item);
  };
  await Promise.all(Array.from({ length: width }, worker));
}
