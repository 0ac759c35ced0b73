import { join } from 'node:path';
import type { Growth } from '../growth/growth.js';
import { unwatched } from '../measure/watch.js';
import type { GrowthSample } from '../report/growth-report.js';
import { attempt } from './attempt.js';
import { FilledStores } from './filled-stores.js';
import type { Run } from './measure-all.js';
import type { Scale } from './scale.js';

const MAX_ROUNDS = 3;

/** Size by size, and each size in rounds; the largest in one: it takes long, and is an average by itself. */
export async function measureGrowth(
  growths: readonly Growth[],
  { scale, directory, onProgress }: Pick<Run, 'scale' | 'directory' | 'onProgress'>,
): Promise<readonly GrowthSample[]> {
  const filled = new FilledStores(join(directory, 'filled'), scale.stocks);
  const plan = growths.flatMap((growth) => planOf(growth, scale));
  const samples: GrowthSample[] = [];
  for (const [done, { growth, size, round }] of plan.entries()) {
    onProgress({ done, of: plan.length, workload: growth.id, contender: `${size} ${growth.axis}`, round });
    const workplace = {
      directory: join(directory, 'work'),
      scale,
      rate: scale.rate,
      filled,
      watch: unwatched,
    };
    samples.push({
      growth: growth.id,
      size,
      ...(await attempt(workplace, () => growth.measure(size, workplace))),
    });
  }
  return samples;
}

interface Measurement {
  readonly growth: Growth;
  readonly size: number;
  readonly round: number;
}

function planOf(growth: Growth, scale: Scale): readonly Measurement[] {
  const sizes = growth.sizes(scale);
  return sizes.flatMap((size) => {
    const length = size === sizes.at(-1) ? 1 : Math.min(scale.rounds, MAX_ROUNDS);
    return Array.from({ length }, (_, round) => ({ growth, size, round }));
  });
}
