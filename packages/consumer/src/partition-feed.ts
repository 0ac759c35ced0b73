import type { TypedRecord } from '@seglog/core';

/** Who has something to take, in the order in which it came. */
export class ReadyLine<T> {
  readonly #ready: T[] = [];
  #wake: (() => void) | undefined;

  public get isEmpty(): boolean {
    return this.#ready.length === 0;
  }

  public add(one: T): void {
    this.#ready.push(one);
    this.#wake?.();
  }

  /** The first in line, as soon as there is one; undefined once aborted. One caller at a time. */
  public async next(signal: AbortSignal): Promise<T | undefined> {
    while (this.#ready.length === 0 && !signal.aborted) await this.#added(signal);
    return signal.aborted ? undefined : this.#ready.shift();
  }

  async #added(signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.#wake = wake;
      signal.addEventListener('abort', wake, { once: true });
    });
    this.#wake = undefined;
  }
}

interface FeedParts<K, V> {
  readonly line: ReadyLine<PartitionFeed<K, V>>;
  readonly signal: AbortSignal;
  readonly start: number;
  /** Up to where there is something to read now. */
  readonly end: () => number;
  readonly open: (from: number, signal: AbortSignal) => AsyncIterable<TypedRecord<K, V>>;
  /** Where to go on after a failure at this offset; undefined when it is not to be helped. */
  readonly startAgain: (cause: unknown, at: number) => number | undefined;
}

type Answer<K, V> = { readonly result: IteratorResult<TypedRecord<K, V>> } | { readonly cause: unknown };

/** The records of one partition, one asked for ahead: it stands in line when it has one. */
export class PartitionFeed<K, V> {
  readonly #parts: FeedParts<K, V>;
  readonly #abort = new AbortController();
  #records: AsyncIterator<TypedRecord<K, V>>;
  #next: number;
  #answer: Answer<K, V> | undefined;
  #asking: Promise<void> = Promise.resolve();

  public constructor(parts: FeedParts<K, V>) {
    this.#parts = parts;
    this.#next = parts.start;
    parts.signal.addEventListener('abort', this.#end, { once: true });
    if (parts.signal.aborted) this.#end();
    this.#records = this.#open();
    this.#ask();
  }

  /** There is nothing to read now. */
  public get isCaughtUp(): boolean {
    return this.#next >= this.#parts.end();
  }

  /** The record that it stood in line with; undefined when the partition had to be begun again, or is at its end. */
  public async take(): Promise<TypedRecord<K, V> | undefined> {
    const answer = this.#answer;
    this.#answer = undefined;
    if (answer === undefined) return undefined;
    if ('cause' in answer) {
      const again = this.#abort.signal.aborted ? undefined : this.#parts.startAgain(answer.cause, this.#next);
      if (again === undefined) throw answer.cause;
      this.#next = again;
      this.#records = this.#open();
      this.#ask();
      return undefined;
    }
    if (answer.result.done === true) return undefined;
    this.#next = answer.result.value.offset + 1;
    this.#ask();
    return answer.result.value;
  }

  /** Resolves when nothing is asked for any more. */
  public async stop(): Promise<void> {
    this.#parts.signal.removeEventListener('abort', this.#end);
    this.#end();
    await this.#asking;
    await Promise.allSettled([this.#records.return?.()]);
  }

  readonly #end = (): void => this.#abort.abort();

  #open(): AsyncIterator<TypedRecord<K, V>> {
    return this.#parts.open(this.#next, this.#abort.signal)[Symbol.asyncIterator]();
  }

  #ask(): void {
    this.#asking = this.#records.next().then(
      (result) => this.#tell({ result }),
      (cause: unknown) => this.#tell({ cause }),
    );
  }

  #tell(answer: Answer<K, V>): void {
    this.#answer = answer;
    this.#parts.line.add(this);
  }
}
