import type { Contender, Store } from './contender.js';
import { KEY_BYTES, type RecordBlock, recordBlocks } from './record-block.js';

/** What a filled store holds. */
export interface Stock {
  /** A multiple of what one append brings: of 1,000 for values of 100 B, 100 for 1 KiB, 5 for 16 KiB. */
  readonly records: number;
  readonly valueBytes: number;
}

const BLOCKS = 4;
/** One append brings about as much whatever the size of the values: what a writer collects, and a reader has to check. */
const APPEND_BYTES = 116_000;
const APPEND_RECORDS: readonly number[] = [1000, 500, 200, 100, 50, 20, 10, 5];

/** A filled store holds these blocks in turn, from offset 0. */
export function fillBlocks(valueBytes: number): readonly RecordBlock[] {
  const fitting = APPEND_RECORDS.find((records) => records * (KEY_BYTES + valueBytes) <= APPEND_BYTES);
  return recordBlocks({ blocks: BLOCKS, recordsPerBlock: fitting ?? 1, valueBytes });
}

/** Appends a stock to an empty directory; the store is left open. */
export async function fill(
  contender: Contender,
  directory: string,
  { records, valueBytes }: Stock,
): Promise<Store> {
  const store = await contender.open({ directory, valueBytes });
  const blocks = fillBlocks(valueBytes);
  for (let offset = 0, turn = 0; offset < records; turn++) {
    const block = blocks[turn % BLOCKS] as RecordBlock;
    await store.append(block);
    offset += block.payloads.length;
  }
  return store;
}

/** The first byte of the value at every offset of a filled store, by offset modulo its length. */
export function firstBytesOfStock(valueBytes: number): Uint8Array {
  const payloads = fillBlocks(valueBytes).flatMap((block) => block.payloads);
  return Uint8Array.from(payloads, (payload) => payload[KEY_BYTES] ?? 0);
}
