import type { Store } from '../contender/contender.js';
import { fillBlocks } from '../contender/fill.js';
import { KEY_BYTES, randomIntegers } from '../contender/record-block.js';
import { measureRate } from '../measure/rate.js';
import { withFilled } from './scan.js';
import { PER_SECOND, type Workload } from './workload.js';

const READS = 256;
const OFFSETS = 64 * READS;

/** Single records at random offsets of a filled store, one at a time, from the page cache. */
export function randomReadWorkload(target: number): Workload {
  return {
    id: 'read.random',
    title: 'read one record by offset, at random, hot',
    target,
    metrics: [PER_SECOND],
    isFor: ({ offers }) => offers.includes('read'),
    measure: async (contender, workplace) => {
      const { rate, scale } = workplace;
      const offsets = randomOffsets(scale.storedRecords);
      return withFilled(contender, workplace, async (store) => {
        await requireRight(store, offsets);
        return { [PER_SECOND.id]: (await measureRate(readsOf(store, offsets), rate)) * READS };
      });
    },
  };
}

function randomOffsets(records: number): readonly number[] {
  const next = randomIntegers(7);
  return Array.from({ length: OFFSETS }, () => next() % records);
}

/** Reads all offsets once, which also warms the caches, and believes none of them. */
async function requireRight(store: Store, offsets: readonly number[]): Promise<void> {
  const payloads = fillBlocks().flatMap((block) => block.payloads);
  for (const offset of offsets) {
    const expected = payloads[offset % payloads.length]?.[KEY_BYTES];
    const found = await store.read(offset);
    if (found !== expected) throw new Error(`offset ${offset} reads ${found} instead of ${expected}`);
  }
}

/** A store that answers at once is not made to wait for a promise. */
function readsOf(store: Store, offsets: readonly number[]): () => Promise<number> {
  let at = 0;
  let sink = 0;
  return async () => {
    for (let i = 0; i < READS; i++) {
      const found = store.read(offsets[at++ % OFFSETS] ?? 0);
      sink += typeof found === 'number' ? found : await found;
    }
    return sink;
  };
}
