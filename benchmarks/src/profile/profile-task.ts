import { join } from 'node:path';
import { seglog, seglogBlocking, seglogCrt, seglogLent, seglogMmap } from '../contender/seglog.js';
import { growths } from '../growth/growths.js';
import type { Watch } from '../measure/watch.js';
import { attempt } from '../run/attempt.js';
import { FilledStores } from '../run/filled-stores.js';
import type { Scale } from '../run/scale.js';
import type { Workplace } from '../workload/workload.js';
import { workloads } from '../workload/workloads.js';
import type { Profile } from './profile.js';
import { Sampler } from './sampler.js';
import { sharesOf } from './shares.js';
import { lengthOf, usageOf, type Watched, watching } from './watching.js';

/** What is profiled: a row of a workload, or some values of a growth. */
export interface ProfileTask {
  readonly workload: string;
  readonly contender: string;
  readonly growth?: { readonly size: number; readonly values: readonly string[] } | undefined;
  readonly scale: Scale;
  /** Exists; everything that is put into it is removed. */
  readonly directory: string;
}

/** `value`: which one of a growth. */
export type ProfileOfPart = Profile & { readonly value?: string | undefined };

/** Of the work that is watched. */
const ENOUGH_US = 400_000;
const MAX_TURNS = 40;
const MAX_MS = 15_000;

type Measure = (watch: Watch) => Promise<unknown>;

/**
 * Does the work until its code is compiled, then under the profiler, then again without it for the account of the system. Of
 * what was never watched there is no profile. Asks for a process of its own: the profiler stays on from the first line.
 */
export async function profilesOf(task: ProfileTask): Promise<readonly ProfileOfPart[]> {
  const sampler = await Sampler.start();
  const turns = task.growth === undefined ? MAX_TURNS : 1;
  const measure = measureOf(task);
  if (turns > 1) await repeat(measure, turns);
  const sampled = await repeat(measure, turns);
  const profile = await sampler.stop();
  const counted = sampled.length === 0 ? [] : await repeat(measure, turns);
  return (task.growth?.values ?? [undefined]).flatMap((value) => {
    const ofPart = ({ part }: Watched): boolean => value === undefined || part === value;
    const intervals = sampled.filter(ofPart).map(({ interval }) => interval);
    const shares = sharesOf(profile, intervals);
    if (shares.samples === 0) return [];
    return [{ value, bound: sampler.bound, ...shares, ...usageOf(counted.filter(ofPart)) }];
  });
}

/** Until there is enough to look at, or it has taken long. */
async function repeat(measure: Measure, turns: number): Promise<readonly Watched[]> {
  const seen: Watched[] = [];
  const end = Date.now() + MAX_MS;
  for (let turn = 0; turn < turns && lengthOf(seen) < ENOUGH_US && Date.now() < end; turn++) {
    await measure(watching(seen));
    if (seen.length === 0) break;
  }
  return seen;
}

function measureOf({ workload, contender, growth, scale, directory }: ProfileTask): Measure {
  const filled = new FilledStores(join(directory, 'filled'), scale.stocks);
  const work = growth === undefined ? turnOf(workload, contender) : growthOf(workload, growth.size);
  return async (watch) => {
    const rate = { ...scale.rate, maxTime: ENOUGH_US / 1e6, watch };
    const workplace = { directory: join(directory, 'work'), scale, rate, filled, watch };
    const { error } = await attempt(workplace, () => work(workplace));
    if (error !== undefined) throw new Error(error);
  };
}

type Work = (workplace: Workplace) => ReturnType<Parameters<typeof attempt>[1]>;

function turnOf(id: string, contender: string): Work {
  const contenders = [seglog, seglogMmap, seglogLent, seglogBlocking, seglogCrt];
  const workload = workloads.find((one) => one.id === id);
  const turn = workload?.turns({ contenders, native: undefined }).find((one) => one.contender === contender);
  if (turn === undefined) throw new RangeError(`'${contender}' takes no part in '${id}'`);
  return (workplace) => turn.measure(workplace);
}

function growthOf(id: string, size: number): Work {
  const growth = growths.find((one) => one.id === id);
  if (growth === undefined) throw new RangeError(`there is no growth '${id}'`);
  return (workplace) => growth.measure(size, workplace);
}
