import { join } from 'node:path';
import type { Growth } from '../growth/growth.js';
import type { GrowthSample } from '../report/growth-report.js';
import { attempt } from './attempt.js';
import { FilledStores } from './filled-stores.js';
import type { Run } from './measure-all.js';

/** From here on one round says enough: what is measured takes long, and is an average by itself. */
const ONE_ROUND_FROM = 10_000_000;
const MAX_ROUNDS = 3;

/** Size by size, and each size in rounds; the largest last. */
export async function measureGrowth(
  growths: readonly Growth[],
  { scale, directory, onProgress }: Pick<Run, 'scale' | 'directory' | 'onProgress'>,
): Promise<readonly GrowthSample[]> {
  const filled = new FilledStores(join(directory, 'filled'), scale.stocks);
  const plan = growths.flatMap((growth) =>
    growth.sizes(scale).flatMap((size) => roundsOf(growth, size, scale.rounds)),
  );
  const samples: GrowthSample[] = [];
  for (const [done, { growth, size, round }] of plan.entries()) {
    onProgress({ done, of: plan.length, workload: growth.id, contender: `${size} ${growth.axis}`, round });
    const workplace = { directory: join(directory, 'work'), scale, rate: scale.rate, filled };
    samples.push({
      growth: growth.id,
      size,
      ...(await attempt(workplace, () => growth.measure(size, workplace))),
    });
  }
  return samples;
}

function roundsOf(
  growth: Growth,
  size: number,
  rounds: number,
): readonly { readonly growth: Growth; readonly size: number; readonly round: number }[] {
  const length = size >= ONE_ROUND_FROM ? 1 : Math.min(rounds, MAX_ROUNDS);
  return Array.from({ length }, (_, round) => ({ growth, size, round }));
}
