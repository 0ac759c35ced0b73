import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Contender } from '../contender/contender.js';
import type { RateLimits } from '../measure/rate.js';
import type { Values, Workload, Workplace } from '../workload/workload.js';
import { FilledStores } from './filled-stores.js';
import type { Scale } from './scale.js';

/** One contender at one workload in one round. */
export interface Sample {
  readonly workload: string;
  readonly contender: string;
  readonly round: number;
  /** Absent when it failed. */
  readonly values?: Values;
  readonly error?: string;
}

export interface Run {
  readonly workloads: readonly Workload[];
  readonly contenders: readonly Contender[];
  readonly scale: Scale;
  /** Exists; everything that is put into it is removed. */
  readonly directory: string;
  onProgress(step: Step): void;
}

export interface Step {
  readonly done: number;
  readonly of: number;
  readonly workload: string;
  readonly contender: string;
  readonly round: number;
}

/**
 * Measures workload by workload, and in each round every contender after the other, starting with another one each time:
 * what the machine does meanwhile falls on all of them.
 */
export async function measureAll(run: Run): Promise<readonly Sample[]> {
  const filled = new FilledStores(join(run.directory, 'filled'), run.scale.storedRecords);
  const samples: Sample[] = [];
  try {
    const plan = planOf(run);
    for (const [done, { workload, contender, round }] of plan.entries()) {
      const names = { workload: workload.id, contender: contender.name, round };
      run.onProgress({ done, of: plan.length, ...names });
      const rate = rateIn(round, run.scale);
      const workplace = { directory: join(run.directory, 'work'), scale: run.scale, rate, filled };
      samples.push({ ...names, ...(await measureOne(workload, contender, workplace)) });
    }
  } finally {
    await filled.remove();
  }
  return samples;
}

function rateIn(round: number, { rate, firstWarmUp }: Scale): RateLimits {
  return round === 0 ? { ...rate, warmUp: firstWarmUp } : rate;
}

interface Measurement {
  readonly workload: Workload;
  readonly contender: Contender;
  readonly round: number;
}

function planOf({ workloads, contenders, scale }: Run): readonly Measurement[] {
  const rounds = Array.from({ length: scale.rounds }, (_, round) => round);
  return workloads.flatMap((workload) => {
    const taking = contenders.filter((contender) => workload.isFor(contender));
    return rounds.flatMap((round) =>
      rotated(taking, round).map((contender) => ({ workload, contender, round })),
    );
  });
}

function rotated<T>(list: readonly T[], by: number): readonly T[] {
  const at = by % Math.max(1, list.length);
  return [...list.slice(at), ...list.slice(0, at)];
}

async function measureOne(
  workload: Workload,
  contender: Contender,
  workplace: Workplace,
): Promise<Pick<Sample, 'values' | 'error'>> {
  await mkdir(workplace.directory);
  try {
    const values = await workload.measure(contender, workplace);
    const strange = Object.entries(values).find(([, value]) => !(Number.isFinite(value) && value > 0));
    return strange === undefined ? { values } : { error: `measured ${strange.join(' = ')}` };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  } finally {
    await rm(workplace.directory, { recursive: true, force: true });
  }
}
