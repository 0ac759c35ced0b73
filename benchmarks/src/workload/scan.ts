import type { Contender, Store, Tally } from '../contender/contender.js';
import { fillBlocks } from '../contender/fill.js';
import { KEY_BYTES } from '../contender/record-block.js';
import { measureRate } from '../measure/rate.js';
import { PER_SECOND, type Workload, type Workplace } from './workload.js';

export interface ScanShape {
  readonly id: string;
  readonly title: string;
  readonly target?: number;
  readonly by: 'scanLent' | 'scanObjects';
}

/** Reads a closed and reopened store from its first record to its last, again and again: from the page cache. */
export function scanWorkload({ by, ...shape }: ScanShape): Workload {
  return {
    ...shape,
    metrics: [PER_SECOND],
    isFor: ({ offers }) => offers.includes(by),
    measure: async (contender, workplace) => {
      const { rate, scale } = workplace;
      const { storedRecords } = scale;
      const expected = expectedTally(storedRecords);
      return withFilled(contender, workplace, async (store) => {
        const perSecond = await measureRate(async () => requireSame(await store[by](), expected), rate);
        return { [PER_SECOND.id]: perSecond * storedRecords };
      });
    },
  };
}

/** Opens the contender's filled store, and closes it whatever happens. */
export async function withFilled<T>(
  contender: Contender,
  { filled }: Workplace,
  use: (store: Store) => Promise<T>,
): Promise<T> {
  const directory = await filled.of(contender);
  const store = await contender.open({ directory, durable: false, grouped: false });
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}

/** What a scan must have seen: a contender that skips records or values does not win. */
function expectedTally(records: number): Tally {
  const tally = { records, firstBytes: 0 };
  const payloads = fillBlocks().flatMap((block) => block.payloads);
  for (let offset = 0; offset < records; offset++) {
    tally.firstBytes += payloads[offset % payloads.length]?.[KEY_BYTES] ?? 0;
  }
  return tally;
}

function requireSame(seen: Tally, expected: Tally): void {
  if (seen.records === expected.records && seen.firstBytes === expected.firstBytes) return;
  throw new Error(`scanned ${JSON.stringify(seen)} instead of ${JSON.stringify(expected)}`);
}
