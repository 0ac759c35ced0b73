import { SeglogError } from '../contract/error.js';
import type { ProducerStamp } from '../contract/record.js';

/** Batches of a producer whose offsets are remembered, so that a retry of one of them gets the original answer. */
export const CACHED_BATCHES = 5;

/** One batch, as the log holds it. */
export interface ProducerBatch {
  /** Sequence of its first record. */
  readonly sequence: number;
  /** Offsets that it covers, from `baseOffset` on. */
  readonly count: number;
  readonly baseOffset: number;
  readonly appendTimeMs: number;
}

/** What is known of one producer in one partition. Never changed: each batch makes a new one. */
export interface ProducerEntry {
  readonly epoch: number;
  /** Undefined when truncation took so much that it is not known any more; a higher epoch starts anew. */
  readonly nextSequence: number | undefined;
  readonly lastAppendTimeMs: number;
  /** The latest batches of this epoch, one behind the other, oldest first. */
  readonly batches: readonly ProducerBatch[];
}

export type ProducerVerdict =
  | { readonly kind: 'new' }
  | { readonly kind: 'duplicate'; readonly baseOffset: number; readonly lastOffset: number };

const NEW: ProducerVerdict = { kind: 'new' };

/** Judges a batch of `count` records; throws the Seglog error that says what is wrong with it. */
export function judge(
  entry: ProducerEntry | undefined,
  stamp: ProducerStamp,
  count: number,
): ProducerVerdict {
  const { epoch, sequence } = stamp;
  if (entry === undefined) return firstBatch(stamp);
  if (epoch < entry.epoch) {
    const sentence = 'a newer epoch of this producer has written';
    throw new SeglogError('PRODUCER_FENCED', sentence, {
      producer: stamp.id,
      epoch,
      currentEpoch: entry.epoch,
    });
  }
  if (epoch > entry.epoch) {
    if (sequence !== 0) throw outOfOrder('a new epoch of a producer starts at sequence 0', stamp, 0);
    return NEW;
  }
  if (entry.nextSequence === undefined) throw unknown(stamp);
  if (sequence === entry.nextSequence) return NEW;
  if (sequence > entry.nextSequence) {
    throw outOfOrder('batches of this producer are missing before this one', stamp, entry.nextSequence);
  }
  return original(entry, stamp, count) ?? refuseOld(entry.nextSequence, stamp);
}

/** The entry after a batch. Follows what the log holds, even where compaction or expiry left a hole in the sequences. */
export function withBatch(
  entry: ProducerEntry | undefined,
  epoch: number,
  batch: ProducerBatch,
): ProducerEntry {
  const continues = entry !== undefined && entry.epoch === epoch && entry.nextSequence === batch.sequence;
  return {
    epoch,
    nextSequence: batch.sequence + batch.count,
    lastAppendTimeMs: batch.appendTimeMs,
    batches: continues ? [...entry.batches.slice(1 - CACHED_BATCHES), batch] : [batch],
  };
}

/** The entry when nothing above `lastKept` is left in the log. A batch may be cut in two. */
export function withoutBatchesAfter(entry: ProducerEntry, lastKept: number): ProducerEntry {
  const [oldest] = entry.batches;
  const newest = entry.batches.at(-1);
  if (oldest === undefined || newest === undefined) return entry;
  if (lastOffsetOf(newest) <= lastKept) return entry;
  const batches = entry.batches
    .filter(({ baseOffset }) => baseOffset <= lastKept)
    .map((batch) => ({ ...batch, count: Math.min(batch.count, lastKept - batch.baseOffset + 1) }));
  const last = batches.at(-1);
  if (last !== undefined) {
    const nextSequence = last.sequence + last.count;
    return { epoch: entry.epoch, nextSequence, lastAppendTimeMs: last.appendTimeMs, batches };
  }
  // Earlier batches of this epoch are forgotten, and some of them may be gone as well.
  const nextSequence = oldest.sequence === 0 ? 0 : undefined;
  return { epoch: entry.epoch, nextSequence, lastAppendTimeMs: entry.lastAppendTimeMs, batches };
}

export function lastOffsetOf(batch: ProducerBatch): number {
  return batch.baseOffset + batch.count - 1;
}

/** Without a state, only the first batch of all is known to be no duplicate. */
function firstBatch(stamp: ProducerStamp): ProducerVerdict {
  if (stamp.sequence !== 0) throw unknown(stamp);
  return NEW;
}

function original(
  entry: ProducerEntry,
  { sequence }: ProducerStamp,
  count: number,
): ProducerVerdict | undefined {
  const batch = entry.batches.find((cached) => cached.sequence === sequence && cached.count === count);
  if (batch === undefined) return undefined;
  return { kind: 'duplicate', baseOffset: batch.baseOffset, lastOffset: lastOffsetOf(batch) };
}

function refuseOld(expected: number, stamp: ProducerStamp): never {
  const sentence = `the batch is none of the last ${CACHED_BATCHES} of this producer, so its offsets are not known`;
  throw outOfOrder(sentence, stamp, expected);
}

function outOfOrder(sentence: string, stamp: ProducerStamp, expected: number): SeglogError {
  const { id: producer, epoch, sequence: actual } = stamp;
  return new SeglogError('OUT_OF_ORDER_SEQUENCE', sentence, { producer, epoch, expected, actual });
}

function unknown({ id: producer, epoch, sequence }: ProducerStamp): SeglogError {
  const sentence =
    'nothing is known of this producer, so a repeated batch could not be told from a new one; start a new epoch at sequence 0';
  return new SeglogError('UNKNOWN_PRODUCER', sentence, { producer, epoch, sequence });
}
