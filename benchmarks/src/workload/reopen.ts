import { cp } from 'node:fs/promises';
import { performance } from 'node:perf_hooks';
import type { Contender } from '../contender/contender.js';
import type { Stock } from '../contender/fill.js';
import { readAndSum } from '../contender/raw.js';
import type { StockName } from '../run/scale.js';
import { contest } from './contest.js';
import type { Metric, Target, Values, Workload, Workplace } from './workload.js';

const TO_FIRST_READ: Metric = { id: 'ms', unit: 'ms', better: 'lower' };

export interface ReopenShape {
  readonly id: string;
  readonly title: string;
  readonly targets?: readonly Target[];
  readonly stock: StockName;
  readonly maxRounds?: number;
}

/** From the call that opens a cleanly closed store to its last record in hand. */
export function cleanOpen(shape: ReopenShape): Workload {
  return {
    ...shape,
    metrics: [TO_FIRST_READ],
    turns: contest({
      isFor: canReopen,
      measure: async (contender, { filled, scale, watch }) => {
        const directory = await filled.of(contender, shape.stock);
        return openAndRead(contender, { directory, watch }, scale.stocks[shape.stock]);
      },
    }),
  };
}

/** The same after `kill -9`: on a copy of what the killed process left, so that every round recovers anew. */
export function recovery(shape: ReopenShape): Workload {
  return {
    ...shape,
    metrics: [TO_FIRST_READ],
    turns: contest({
      isFor: canReopen,
      measure: async (contender, { filled, directory, scale, watch }) => {
        await cp(await filled.killed(contender, shape.stock), directory, { recursive: true });
        const stock = { ...scale.stocks[shape.stock], verify: true };
        return openAndRead(contender, { directory, watch }, stock);
      },
      limit: async (native, { directory, scale, rate }) => ({
        [TO_FIRST_READ.id]: await native.measure('recover', {
          directory,
          rate,
          ...scale.stocks[shape.stock],
        }),
      }),
    }),
  };
}

function canReopen({ offers }: Contender): boolean {
  return offers.includes('reopen');
}

async function openAndRead(
  contender: Contender,
  { directory, watch }: Pick<Workplace, 'directory' | 'watch'>,
  { records, valueBytes, verify = false }: Stock & { readonly verify?: boolean },
): Promise<Values> {
  const started = performance.now();
  const store = await watch(async () => {
    if (verify && contender.kind === 'raw') readAndSum(directory);
    const opened = await contender.open({ directory, valueBytes });
    await opened.read(records - 1);
    return opened;
  });
  const ms = performance.now() - started;
  await store.close();
  return { [TO_FIRST_READ.id]: ms };
}
