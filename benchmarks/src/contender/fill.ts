import type { Contender, Store } from './contender.js';
import { type RecordBlock, recordBlocks } from './record-block.js';

/** Records that one append brings into a store that is being filled. */
export const FILL_BLOCK = 1000;
const BLOCKS = 16;

/** What a filled store holds: these blocks in turn, from offset 0. */
export function fillBlocks(): readonly RecordBlock[] {
  return recordBlocks({ blocks: BLOCKS, recordsPerBlock: FILL_BLOCK });
}

/** Appends `records` (a multiple of {@link FILL_BLOCK}) to an empty directory; the store is left open. */
export async function fill(contender: Contender, directory: string, records: number): Promise<Store> {
  const store = await contender.open({ directory, durable: false, grouped: false });
  const blocks = fillBlocks();
  for (let at = 0; at < records / FILL_BLOCK; at++) {
    const block = blocks[at % BLOCKS];
    if (block !== undefined) await store.append(block);
  }
  return store;
}
