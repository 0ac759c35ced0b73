import type { Contender, Store } from '../contender/contender.js';
import { type RecordBlock, recordBlocks } from '../contender/record-block.js';
import { measureRate } from '../measure/rate.js';
import { PER_SECOND, type Workload } from './workload.js';

export interface AppendShape {
  readonly id: string;
  readonly title: string;
  readonly target?: number;
  /** Records of one append. */
  readonly records: number;
  /** Each awaits its append before it makes the next one. */
  readonly producers: number;
  /** Appends that each producer makes in one run of the measured operation. */
  readonly appends: number;
  readonly durable: boolean;
}

const RECORDS_IN_MEMORY = 16_000;

/** Appends per second into a new store, each awaited by its producer. */
export function appendWorkload(shape: AppendShape): Workload {
  return {
    id: shape.id,
    title: shape.title,
    target: shape.target,
    metrics: [PER_SECOND],
    isFor: ({ offers }) => offers.includes('append'),
    measure: async (contender, { directory, rate }) => {
      const grouped = shape.producers > 1;
      const store = await contender.open({ directory, durable: shape.durable, grouped });
      try {
        const perSecond = await measureRate(operation(contender, store, shape), rate);
        return { [PER_SECOND.id]: perSecond * shape.records * shape.producers * shape.appends };
      } finally {
        await store.close();
      }
    },
  };
}

/** The raw limit has no use for producers: it is given what they bring in one piece. */
function operation(contender: Contender, store: Store, shape: AppendShape): () => Promise<unknown> {
  const isRaw = contender.kind === 'raw';
  const recordsPerBlock = isRaw ? shape.records * shape.producers : shape.records;
  const take = inTurn(recordBlocksFor(recordsPerBlock));
  const produce = async (): Promise<void> => {
    for (let i = 0; i < shape.appends; i++) await store.append(take());
  };
  if (isRaw || shape.producers === 1) return produce;
  return () => Promise.all(Array.from({ length: shape.producers }, produce));
}

const made = new Map<number, readonly RecordBlock[]>();

/** The same blocks for all contenders. */
function recordBlocksFor(recordsPerBlock: number): readonly RecordBlock[] {
  const blocks =
    made.get(recordsPerBlock) ??
    recordBlocks({ blocks: Math.ceil(RECORDS_IN_MEMORY / recordsPerBlock), recordsPerBlock });
  made.set(recordsPerBlock, blocks);
  return blocks;
}

function inTurn(blocks: readonly RecordBlock[]): () => RecordBlock {
  let at = 0;
  return () => {
    const block = blocks[at++ % blocks.length];
    if (block === undefined) throw new RangeError('there are no blocks');
    return block;
  };
}
