import { cp } from 'node:fs/promises';
import { performance } from 'node:perf_hooks';
import type { Contender } from '../contender/contender.js';
import { readAndSum } from '../contender/raw.js';
import type { StockName } from '../run/scale.js';
import { contest } from './contest.js';
import type { Metric, Target, Values, Workload } from './workload.js';

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
      measure: async (contender, { filled, scale }) =>
        openAndRead(contender, await filled.of(contender, shape.stock), scale.stocks[shape.stock]),
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
      measure: async (contender, { filled, directory, scale }) => {
        await cp(await filled.killed(contender, shape.stock), directory, { recursive: true });
        return openAndRead(contender, directory, { ...scale.stocks[shape.stock], verify: true });
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
  directory: string,
  stock: { readonly records: number; readonly valueBytes: number; readonly verify?: boolean },
): Promise<Values> {
  const started = performance.now();
  if (stock.verify === true && contender.kind === 'raw') readAndSum(directory);
  const store = await contender.open({ directory, valueBytes: stock.valueBytes });
  await store.read(stock.records - 1);
  const ms = performance.now() - started;
  await store.close();
  return { [TO_FIRST_READ.id]: ms };
}
