import type { Contender, Store } from '../contender/contender.js';
import { type RecordBlock, recordBlocks, VALUE_BYTES } from '../contender/record-block.js';
import { measureRate } from '../measure/rate.js';
import { contest } from './contest.js';
import { PER_SECOND, type Target, type Workload } from './workload.js';

export interface AppendShape {
  readonly id: string;
  readonly title: string;
  readonly targets?: readonly Target[];
  /** Records of one append. */
  readonly records: number;
  /** Each awaits its append before it makes the next one. */
  readonly producers: number;
  /** Appends that each producer makes in one run of the measured operation. */
  readonly appends: number;
  readonly durable: boolean;
  /** Default {@link VALUE_BYTES}. */
  readonly valueBytes?: number;
}

const BYTES_IN_MEMORY = 2 ** 21;

/** Appends per second into a new store, each awaited by its producer. */
export function appendWorkload(shape: AppendShape): Workload {
  const { durable, producers, records, valueBytes = VALUE_BYTES } = shape;
  return {
    id: shape.id,
    title: shape.title,
    targets: shape.targets,
    metrics: [PER_SECOND],
    turns: contest({
      isFor: ({ offers }) =>
        offers.includes('append') || (durable && records === 1 && offers.includes('appendDurably')),
      measure: async (contender, { directory, rate }) => {
        const place = { directory, durable, grouped: producers > 1, valueBytes };
        const store = await contender.open(place);
        try {
          const perSecond = await measureRate(operation(contender, store, shape), rate);
          return { [PER_SECOND.id]: perSecond * records * producers * shape.appends };
        } finally {
          await store.close();
        }
      },
      limit: async (native, { directory, rate }) => {
        const task = { directory, rate, valueBytes, batch: records * producers };
        return { [PER_SECOND.id]: await native.measure(durable ? 'durable' : 'append', task) };
      },
    }),
  };
}

/** The raw limit has no use for producers: it is given what they bring in one piece. */
function operation(contender: Contender, store: Store, shape: AppendShape): () => Promise<unknown> {
  const isRaw = contender.kind === 'raw';
  const { records, producers, valueBytes = VALUE_BYTES } = shape;
  const take = inTurn(recordBlocksFor(isRaw ? records * producers : records, valueBytes));
  const produce = async (): Promise<void> => {
    for (let i = 0; i < shape.appends; i++) await store.append(take());
  };
  if (isRaw || producers === 1) return produce;
  return () => Promise.all(Array.from({ length: producers }, produce));
}

const made = new Map<string, readonly RecordBlock[]>();

/** The same blocks for all contenders. */
function recordBlocksFor(recordsPerBlock: number, valueBytes: number): readonly RecordBlock[] {
  const shape = `${recordsPerBlock} ${valueBytes}`;
  const blocks = Math.max(1, Math.ceil(BYTES_IN_MEMORY / (recordsPerBlock * valueBytes)));
  const found = made.get(shape) ?? recordBlocks({ blocks, recordsPerBlock, valueBytes });
  made.set(shape, found);
  return found;
}

function inTurn(blocks: readonly RecordBlock[]): () => RecordBlock {
  let at = 0;
  return () => {
    const block = blocks[at++ % blocks.length];
    if (block === undefined) throw new RangeError('there are no blocks');
    return block;
  };
}
