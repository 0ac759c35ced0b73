import { SeglogError } from '../contract/error.js';
import type { LogOffsets } from '../contract/partition-log.js';
import type { Acknowledge } from '../contract/sync-policy.js';
import { invariant } from '../invariant.js';

/** `synced` is what the log's own files hold for ever: `durable`, unless something else keeps the records as well. */
type Mark = 'durable' | 'logEnd' | 'synced';

type GivenMarks = Pick<LogOffsets, 'logStart' | 'durable' | 'logEnd'>;

interface Waiter {
  readonly mark: Mark;
  readonly offset: number;
  /** Follows the mark: woken by a truncation too, and patient when nothing can become durable for now. */
  readonly alsoByReset: boolean;
  readonly resolve: () => void;
  readonly reject: (cause: unknown) => void;
}

/**
 * The published marks of a log, and those who wait for them to move. Of a log that is written ahead of, records become
 * visible when they are published: durable elsewhere, and written here.
 */
export class OffsetMarks {
  readonly #acknowledge: Acknowledge;
  /** As the log's own files are. */
  readonly #own: { -readonly [mark in keyof GivenMarks]: GivenMarks[mark] };
  /** Where visible records end; undefined where they are visible when they are written. */
  #published: number | undefined;
  #now: LogOffsets;
  #waiters: Waiter[] = [];
  #ended: { readonly cause: unknown } | undefined;

  public constructor(
    acknowledge: Acknowledge,
    start: GivenMarks,
    { ahead = false }: { readonly ahead?: boolean } = {},
  ) {
    this.#acknowledge = ahead ? 'synced' : acknowledge;
    this.#own = { ...start };
    this.#published = ahead ? start.logEnd : undefined;
    this.#now = this.#marks(start);
  }

  public get now(): LogOffsets {
    return this.#now;
  }

  /** Every record below is on stable storage in the log's own files. */
  public get synced(): number {
    return this.#own.durable;
  }

  /** Every record below is written to the log's own files, visible or not. */
  public get written(): number {
    return this.#own.logEnd;
  }

  /** Records were written that are visible when they are published. */
  public wrote(logEnd: number): void {
    this.#own.logEnd = logEnd;
  }

  /** Makes records visible that are durable elsewhere, and written here. */
  public publish(upTo: number): void {
    const { logEnd } = this.#own;
    invariant(this.#published !== undefined && upTo <= logEnd, 'only what is written is published');
    this.#published = Math.max(this.#published, upTo);
    this.#publishMarks();
  }

  /** Publishes marks; those not given stay. They never fall, but by `reset`. */
  public advance(next: Partial<GivenMarks>): void {
    const own = this.#own;
    own.logStart = next.logStart ?? own.logStart;
    own.durable = next.durable ?? own.durable;
    own.logEnd = next.logEnd ?? own.logEnd;
    this.#publishMarks();
  }

  #publishMarks(): void {
    const before = this.#now;
    this.#now = this.#marks(this.#own);
    invariant(this.#now.logStart >= before.logStart, 'the log start never falls');
    invariant(this.#now.durable >= before.durable, 'the durable offset never falls');
    invariant(this.#now.logEnd >= before.logEnd, 'the log end never falls');
    if (this.#waiters.length > 0) this.#wake();
  }

  /**
   * Publishes marks that a truncation lowered. Whoever waits for something that was there to become durable is let go: what
   * is left of it is durable. Who waits for what was still to come goes on waiting.
   */
  public reset(marks: GivenMarks): void {
    const before = this.#own.logEnd;
    Object.assign(this.#own, marks);
    if (this.#published !== undefined) this.#published = marks.logEnd;
    this.#now = this.#marks(marks);
    this.#wake(({ mark, offset, alsoByReset }) => alsoByReset || (mark !== 'logEnd' && offset <= before));
  }

  /** Resolves when the mark stands at or above `offset`; rejects when the log ends or the signal aborts first. */
  public reached(mark: Mark, offset: number, signal?: AbortSignal): Promise<void> {
    return this.#wait({ mark, offset, alsoByReset: false }, signal);
  }

  /** As `reached`; resolves when a truncation lowers the marks, too. */
  public moved(mark: Mark, offset: number, signal?: AbortSignal): Promise<void> {
    return this.#wait({ mark, offset, alsoByReset: true }, signal);
  }

  #wait(event: Pick<Waiter, 'mark' | 'offset' | 'alsoByReset'>, signal?: AbortSignal): Promise<void> {
    const { mark, offset } = event;
    if (this.#at(mark) >= offset) return Promise.resolve();
    if (this.#ended !== undefined) return Promise.reject(this.#ended.cause);
    if (signal?.aborted === true) return Promise.reject(signal.reason);
    return new Promise((resolve, reject) => {
      const { alsoByReset } = event;
      const waiter = { mark, offset, alsoByReset, resolve: settle(resolve), reject: settle(reject) };
      const abort = (): void => {
        this.#waiters = this.#waiters.filter((other) => other !== waiter);
        reject(signal?.reason);
      };
      function settle<T>(then: (value: T) => void): (value: T) => void {
        return (value) => {
          signal?.removeEventListener('abort', abort);
          then(value);
        };
      }
      signal?.addEventListener('abort', abort, { once: true });
      this.#waiters.push(waiter);
    });
  }

  /** Nothing becomes durable for now: who waits for that to happen to what is written rejects. */
  public refuse(cause: unknown): void {
    const refused = ({ mark, offset, alsoByReset }: Waiter): boolean =>
      mark !== 'logEnd' && offset <= this.#own.logEnd && !alsoByReset;
    const waiters = this.#waiters;
    this.#waiters = waiters.filter((waiter) => !refused(waiter));
    for (const waiter of waiters) if (refused(waiter)) waiter.reject(cause);
  }

  /** No mark moves any more: every waiter rejects, now and later. */
  public end(cause: unknown): void {
    this.#ended ??= { cause };
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const waiter of waiters) waiter.reject(this.#ended.cause);
  }

  #wake(letGo?: (waiter: Waiter) => boolean): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const waiter of waiters) {
      if (this.#at(waiter.mark) >= waiter.offset || letGo?.(waiter) === true) waiter.resolve();
      else this.#waiters.push(waiter);
    }
  }

  #at(mark: Mark): number {
    return mark === 'synced' ? this.#own.durable : this.#now[mark];
  }

  #marks(own: GivenMarks): LogOffsets {
    const { logStart } = own;
    invariant(own.durable <= own.logEnd, 'nothing is synced that is not written');
    const { durable, logEnd } =
      this.#published === undefined ? own : { durable: this.#published, logEnd: this.#published };
    const highWatermark = Math.max(logStart, this.#acknowledge === 'synced' ? durable : logEnd);
    invariant(logStart <= highWatermark && highWatermark <= logEnd, 'logStart <= highWatermark <= logEnd');
    invariant(durable <= logEnd, 'durable <= logEnd');
    return { logStart, highWatermark, durable, logEnd };
  }
}

/** What every call gets after `close`. */
export function closedError(): SeglogError {
  return new SeglogError('LOG_CLOSED', 'the log is closed');
}
