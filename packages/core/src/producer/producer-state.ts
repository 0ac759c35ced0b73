import type { ProducerStamp } from '../contract/record.js';
import { invariant, requireSafeInteger } from '../invariant.js';
import {
  judge,
  lastOffsetOf,
  type ProducerEntry,
  type ProducerVerdict,
  withBatch,
  withoutBatchesAfter,
} from './producer-entry.js';
import { makeSnapshot, type ProducerSnapshot } from './producer-snapshot.js';
import { requireProducerStamp } from './producer-stamp.js';

export interface ProducerStateOptions {
  /** Most producers remembered, at least 1; beyond, the one that appended longest ago is forgotten. Default 4,096. */
  readonly maxProducers?: number | undefined;
  /** A producer is forgotten when it has appended nothing for this long. Default 24 hours. */
  readonly expiryMs?: number | undefined;
}

export interface RecordedBatch {
  /** Offsets that the batch covers. */
  readonly count: number;
  readonly baseOffset: number;
  readonly appendTimeMs: number;
}

/** How to take a batch back that never reached the medium. */
interface Undo {
  readonly baseOffset: number;
  readonly id: string;
  readonly previous: ProducerEntry | undefined;
  /** Who had to go for it. */
  readonly forgotten: readonly [string, ProducerEntry] | undefined;
}

/**
 * What one partition knows of its idempotent producers: enough to answer a repeated batch with its original offsets, and
 * to refuse what would leave a hole or come from a fenced epoch. Forgetting (by number, by age, by truncation) makes it
 * refuse more, never accept a batch twice that it could know.
 *
 * An append is `check`ed and, if new, `record`ed when its offsets are assigned; `settle`d when it is written, or rolled
 * back when it could not be. Batches are recorded in offset order.
 */
export class ProducerState {
  readonly #maxProducers: number;
  readonly #expiryMs: number;
  /** The one that appended last comes last. */
  #entries = new Map<string, ProducerEntry>();
  /** Batches that may still be rolled back, in offset order. */
  #undo: Undo[] = [];

  public constructor({ maxProducers = 4096, expiryMs = 24 * 3_600_000 }: ProducerStateOptions = {}) {
    requireSafeInteger(maxProducers, 'maxProducers', { min: 1 });
    requireSafeInteger(expiryMs, 'expiryMs', { min: 1 });
    this.#maxProducers = maxProducers;
    this.#expiryMs = expiryMs;
  }

  /** Producers that are remembered now. */
  public get size(): number {
    return this.#entries.size;
  }

  /**
   * Judges a batch before it gets offsets; changes nothing. Throws `PRODUCER_FENCED` for a lower epoch than the last one,
   * `UNKNOWN_PRODUCER` for a sequence above 0 of a producer that is not (any more) known, `OUT_OF_ORDER_SEQUENCE` for a
   * hole, for a new epoch that does not start at 0, and for an old batch that is none of the last five; `TypeError` and
   * `RangeError` for a stamp that breaks its contract. `nowMs` is wall time.
   */
  public check(
    stamp: ProducerStamp,
    { count, nowMs }: { readonly count: number; readonly nowMs: number },
  ): ProducerVerdict {
    requireProducerStamp(stamp, count);
    const entry = this.#entries.get(stamp.id);
    return judge(entry !== undefined && this.#isExpired(entry, nowMs) ? undefined : entry, stamp, count);
  }

  /** Remembers a batch that has its offsets: one that `check` called new, or one that is found in the log at recovery. */
  public record(stamp: ProducerStamp, { count, baseOffset, appendTimeMs }: RecordedBatch): void {
    requireProducerStamp(stamp, count);
    requireSafeInteger(baseOffset, 'baseOffset');
    const last = this.#undo.at(-1);
    invariant(last === undefined || last.baseOffset < baseOffset, 'batches are recorded in offset order');
    this.#forgetExpired(appendTimeMs);
    const { id, epoch, sequence } = stamp;
    const previous = this.#entries.get(id);
    const next = withBatch(previous, epoch, { sequence, count, baseOffset, appendTimeMs });
    this.#entries.delete(id);
    const forgotten = this.#makeRoom();
    this.#entries.set(id, next);
    this.#undo.push({ baseOffset, id, previous, forgotten });
  }

  /** Batches below `nextOffset` are written: they will not be rolled back. Called after each write, and in a replay. */
  public settle(nextOffset: number): void {
    const pending = this.#undo.findIndex(({ baseOffset }) => baseOffset >= nextOffset);
    if (pending === -1) this.#undo = [];
    else if (pending > 0) this.#undo.splice(0, pending);
  }

  /** Takes back every batch from `nextOffset` on that was recorded and not settled, as if it had never been recorded. */
  public rollbackTo(nextOffset: number): void {
    this.#entries = this.#withoutPending(nextOffset);
    this.#undo = this.#undo.filter(({ baseOffset }) => baseOffset < nextOffset);
  }

  /** The log was truncated: nothing above `lastKept` (-1 for nothing at all) is left. Nothing may be pending. */
  public truncateAfter(lastKept: number): void {
    requireSafeInteger(lastKept, 'lastKept', { min: -1 });
    this.#undo = [];
    for (const [id, entry] of this.#entries) this.#entries.set(id, withoutBatchesAfter(entry, lastKept));
  }

  /** What is known of the records below `nextOffset`, which must not lie below what is settled. */
  public snapshot(nextOffset: number): ProducerSnapshot {
    requireSafeInteger(nextOffset, 'nextOffset');
    const entries = this.#withoutPending(nextOffset);
    for (const { batches } of entries.values()) {
      const last = batches.at(-1);
      invariant(last === undefined || lastOffsetOf(last) < nextOffset, 'a snapshot covers what is settled');
    }
    return makeSnapshot(nextOffset, entries);
  }

  /** Replaces everything by what a snapshot says (see `readProducerSnapshot`), up to the number of producers allowed. */
  public restore(snapshot: ProducerSnapshot): void {
    this.#undo = [];
    const latest = snapshot.producers.slice(-this.#maxProducers);
    this.#entries = new Map(
      latest.map(({ id, epoch, nextSequence, lastAppendTimeMs, batches }) => [
        id,
        { epoch, nextSequence: nextSequence ?? undefined, lastAppendTimeMs, batches },
      ]),
    );
  }

  #isExpired(entry: ProducerEntry, nowMs: number): boolean {
    return nowMs - entry.lastAppendTimeMs > this.#expiryMs;
  }

  /** Only from the front: the clock may have jumped, and what is missed here is refused by `check` all the same. */
  #forgetExpired(nowMs: number): void {
    for (const [id, entry] of this.#entries) {
      if (!this.#isExpired(entry, nowMs)) return;
      this.#entries.delete(id);
    }
  }

  #makeRoom(): readonly [string, ProducerEntry] | undefined {
    if (this.#entries.size < this.#maxProducers) return undefined;
    const [oldest] = this.#entries;
    if (oldest !== undefined) this.#entries.delete(oldest[0]);
    return oldest;
  }

  #withoutPending(nextOffset: number): Map<string, ProducerEntry> {
    const entries = new Map(this.#entries);
    for (const { baseOffset, id, previous, forgotten } of this.#undo.toReversed()) {
      if (baseOffset < nextOffset) break;
      if (previous === undefined) entries.delete(id);
      else entries.set(id, previous);
      if (forgotten !== undefined) entries.set(forgotten[0], forgotten[1]);
    }
    return entries;
  }
}
