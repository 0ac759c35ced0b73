import type { Store } from '../contender/contender.js';
import { firstBytesOfStock, type Stock } from '../contender/fill.js';
import { randomIntegers } from '../contender/record-block.js';
import { measureRate } from '../measure/rate.js';
import type { StockName } from '../run/scale.js';
import { contest } from './contest.js';
import { withFilled } from './scan.js';
import { PER_SECOND, type Target, type Workload } from './workload.js';

const READS = 256;
const MAX_OFFSETS = 64 * READS;

/** Single records at random offsets of a filled store, one at a time, from the page cache. */
export function randomReadWorkload(shape: {
  readonly id: string;
  readonly title: string;
  readonly targets: readonly Target[];
  readonly stock: StockName;
}): Workload {
  return {
    ...shape,
    metrics: [PER_SECOND],
    turns: contest({
      isFor: ({ offers }) => offers.includes('read'),
      measure: (contender, workplace) =>
        withFilled(contender, workplace, shape.stock, async (store) => ({
          [PER_SECOND.id]: await readsPerSecond(store, workplace.scale.stocks[shape.stock], workplace.rate),
        })),
      limit: async (native, { scale, rate, directory }) => ({
        [PER_SECOND.id]: await native.measure('lookup', { directory, rate, ...scale.stocks[shape.stock] }),
      }),
    }),
  };
}

/** Random reads of a stock, checked and then timed. */
export async function readsPerSecond(
  store: Pick<Store, 'read'>,
  stock: Stock,
  rate: Parameters<typeof measureRate>[1],
): Promise<number> {
  const next = randomIntegers(7);
  const length = Math.min(MAX_OFFSETS, stock.records);
  const offsets = Array.from({ length }, () => next() % stock.records);
  // Twice: caches that let in what comes back are warm then.
  for (let pass = 0; pass < 2; pass++) await requireRight(store, offsets, stock);
  return (await measureRate(readsOf(store, offsets), rate, 'readNs')) * READS;
}

/** Reads all offsets, which also warms the caches, and believes none of them. */
async function requireRight(
  store: Pick<Store, 'read'>,
  offsets: readonly number[],
  { valueBytes }: Stock,
): Promise<void> {
  const bytes = firstBytesOfStock(valueBytes);
  for (const offset of offsets) {
    const expected = bytes[offset % bytes.length];
    const found = await store.read(offset);
    if (found !== expected) throw new Error(`offset ${offset} reads ${found} instead of ${expected}`);
  }
}

/** A store that answers at once is not made to wait for a promise. */
function readsOf(store: Pick<Store, 'read'>, offsets: readonly number[]): () => Promise<number> {
  let at = 0;
  let sink = 0;
  return async () => {
    for (let i = 0; i < READS; i++) {
      const found = store.read(offsets[at++ % offsets.length] ?? 0);
      sink += typeof found === 'number' ? found : await found;
    }
    return sink;
  };
}
