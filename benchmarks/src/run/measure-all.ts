import { join } from 'node:path';
import type { Kind } from '../contender/contender.js';
import type { RateLimits } from '../measure/rate.js';
import { unwatched } from '../measure/watch.js';
import type { Field, Turn, Values, Workload } from '../workload/workload.js';
import { attempt } from './attempt.js';
import { FilledStores } from './filled-stores.js';
import type { Scale } from './scale.js';

/** One participant at one workload in one round. */
export interface Sample {
  readonly workload: string;
  readonly contender: string;
  readonly kind: Kind;
  readonly round: number;
  /** Absent when it failed. */
  readonly values?: Values;
  readonly error?: string;
}

export interface Run {
  readonly workloads: readonly Workload[];
  readonly field: Field;
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
 * Measures workload by workload, and in each round every participant after the other, starting with another one each time:
 * what the machine does meanwhile falls on all of them.
 */
export async function measureAll(run: Run): Promise<readonly Sample[]> {
  const { workloads, directory, scale } = run;
  const filled = new FilledStores(join(directory, 'filled'), scale.stocks);
  const plan = workloads.map((workload) => planOf(workload, run));
  const of = plan.flat().length;
  const samples: Sample[] = [];
  try {
    for (const [at, measurements] of plan.entries()) {
      for (const { workload, turn, round } of measurements) {
        const names = { workload: workload.id, contender: turn.contender, round };
        run.onProgress({ done: samples.length, of, ...names });
        const workplace = {
          directory: join(directory, 'work'),
          scale,
          rate: rateIn(round, scale),
          filled,
          watch: unwatched,
        };
        samples.push({
          ...names,
          kind: turn.kind,
          ...(await attempt(workplace, () => turn.measure(workplace))),
        });
      }
      await filled.keepOnly(workloads.slice(at + 1).flatMap(({ stock }) => stock ?? []));
    }
  } finally {
    await filled.keepOnly([]);
  }
  return samples;
}

function rateIn(round: number, { rate, firstWarmUp }: Scale): RateLimits {
  return round === 0 ? { ...rate, warmUp: firstWarmUp } : rate;
}

interface Measurement {
  readonly workload: Workload;
  readonly turn: Turn;
  readonly round: number;
}

function planOf(workload: Workload, { field, scale }: Run): readonly Measurement[] {
  const length = Math.min(scale.rounds, workload.maxRounds ?? scale.rounds);
  const turns = workload.turns(field);
  const rounds = Array.from({ length }, (_, round) => round);
  return rounds.flatMap((round) => rotated(turns, round).map((turn) => ({ workload, turn, round })));
}

function rotated<T>(list: readonly T[], by: number): readonly T[] {
  const at = by % Math.max(1, list.length);
  return [...list.slice(at), ...list.slice(0, at)];
}
