import type { Contender, Store, Tally } from '../contender/contender.js';
import { firstBytesOfStock, type Stock } from '../contender/fill.js';
import { measureRate } from '../measure/rate.js';
import type { StockName } from '../run/scale.js';
import { contest } from './contest.js';
import { PER_SECOND, type Target, type Workload, type Workplace } from './workload.js';

export interface ScanShape {
  readonly id: string;
  readonly title: string;
  readonly targets: readonly Target[];
  readonly by: 'scanLent' | 'scanObjects';
  readonly stock: StockName;
}

/** Reads a closed and reopened store from its first record to its last, again and again: from the page cache. */
export function scanWorkload({ by, ...shape }: ScanShape): Workload {
  return {
    ...shape,
    metrics: [PER_SECOND],
    turns: contest({
      isFor: ({ offers }) => offers.includes(by),
      measure: async (contender, workplace) => {
        const stock = workplace.scale.stocks[shape.stock];
        const expected = expectedTally(stock);
        return withFilled(contender, workplace, shape.stock, async (store) => {
          const scan = async (): Promise<void> => requireSame(await store[by](), expected);
          return { [PER_SECOND.id]: (await measureRate(scan, workplace.rate)) * stock.records };
        });
      },
      limit: async (native, { scale, rate, directory }) => ({
        [PER_SECOND.id]: await native.measure('scan', { directory, rate, ...scale.stocks[shape.stock] }),
      }),
    }),
  };
}

/** Opens the contender's filled store, and closes it whatever happens. */
export async function withFilled<T>(
  contender: Contender,
  { filled, scale }: Workplace,
  stock: StockName,
  use: (store: Store) => Promise<T>,
): Promise<T> {
  const directory = await filled.of(contender, stock);
  const { valueBytes } = scale.stocks[stock];
  const store = await contender.open({ directory, valueBytes });
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}

/** What a scan must have seen: a contender that skips records or values does not win. */
export function expectedTally({ records, valueBytes }: Stock): Tally {
  const tally = { records, firstBytes: 0 };
  const bytes = firstBytesOfStock(valueBytes);
  for (let offset = 0; offset < records; offset++) tally.firstBytes += bytes[offset % bytes.length] ?? 0;
  return tally;
}

export function requireSame(seen: Tally, expected: Tally): void {
  if (seen.records === expected.records && seen.firstBytes === expected.firstBytes) return;
  throw new Error(`scanned ${JSON.stringify(seen)} instead of ${JSON.stringify(expected)}`);
}
