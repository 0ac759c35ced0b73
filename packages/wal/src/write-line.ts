import { type AppendResult, type Clock, SeglogError, type WalPosition } from '@seglog/core';
import type { AheadLine, AheadRequest, Draft } from './ahead-draft.js';
import type { AheadPartition } from './ahead-partition.js';
import { type CarriedPart, carriedWrite, WRITE } from './carried-write.js';
import { Fifo } from './fifo.js';

export interface WriteLineContext {
  readonly clock: Clock;
  /** Longest write that the write-ahead log takes. */
  readonly maxWriteBytes: number;
  /** Payload that may be on its way before a write that would rather not wait is turned away. */
  readonly maxQueuedBytes: number;
  /** Makes a write durable. */
  append(payload: Uint8Array, options: { readonly kind: number }): Promise<WalPosition>;
  /** Undefined when there is room in the write-ahead log; else resolves when there may be. */
  room(): Promise<void> | undefined;
  /** A write is in all its logs, and so are all before it, or their logs are poisoned. */
  onApplied(position: WalPosition, bytes: number): void;
  left(partition: AheadPartition, kept: number | undefined): void;
}

/** One write on its way: drafts of one or more partitions that become durable and visible together. */
interface Write {
  readonly drafts: readonly Draft[];
  readonly bytes: number;
  state: 'sent' | 'durable' | 'applying' | 'written' | 'failed';
  position: WalPosition | undefined;
  failure: unknown;
  readonly resolve: (results: readonly AppendResult[]) => void;
  readonly reject: (cause: unknown) => void;
}

/** A write that has no offsets yet. */
interface Entering extends Pick<Write, 'resolve' | 'reject'> {
  readonly requests: readonly AheadRequest[];
}

/**
 * The one line in which writes stand, whatever partitions they are for. Offsets are given in one synchronous step, in the
 * order in which writes go to the write-ahead log; durable ones are handed to their logs in that order, and become visible
 * in that order, each in all its partitions at once.
 */
export class WriteLine implements AheadLine {
  readonly #context: WriteLineContext;
  readonly #entrance = new Fifo<Entering>();
  /** On their way to the write-ahead log, and from there to their logs. */
  readonly #sent = new Fifo<Write>();
  readonly #handedOn = new Fifo<Write>();
  #queuedBytes = 0;
  #lastMs = 0;
  #failure: { readonly cause: unknown } | undefined;
  /** Partitions whose last offsets were given to writes that were refused. */
  readonly #refused = new Set<AheadPartition>();

  public constructor(context: WriteLineContext) {
    this.#context = context;
  }

  /** Results are in the order of the requests, of which there is one for each partition. */
  public async write(requests: readonly AheadRequest[]): Promise<readonly AppendResult[]> {
    for (const { options } of requests) options.signal?.throwIfAborted();
    for (let wait = this.#obstacle(requests); wait !== undefined; wait = this.#obstacle(requests)) await wait;
    for (const { partition } of requests) partition.enter();
    return new Promise((resolve, reject) => {
      this.#entrance.push({ requests, resolve, reject });
      if (this.#entrance.length === 1) queueMicrotask(() => this.#letIn());
    });
  }

  public left(partition: AheadPartition, kept: number | undefined): void {
    this.#context.left(partition, kept);
  }

  /** What a write has to wait for before it stands in line. */
  #obstacle(requests: readonly AheadRequest[]): Promise<unknown> | undefined {
    return (
      this.#context.room() ?? requests.find(({ partition }) => partition.gate !== undefined)?.partition.gate
    );
  }

  /** Writes of one turn of the event loop enter together; until then they can be taken back. */
  #letIn(): void {
    for (let entering = this.#entrance.first; entering !== undefined; entering = this.#entrance.first) {
      this.#entrance.shift();
      try {
        for (const { options } of entering.requests) options.signal?.throwIfAborted();
        this.#place(entering);
      } catch (cause) {
        for (const { partition } of entering.requests) partition.leave();
        entering.reject(cause);
      }
    }
  }

  /** From here to the write-ahead log's line nothing waits: the order of offsets is the order of LSNs. */
  #place({ requests, resolve, reject }: Entering): void {
    this.#requireUsable();
    this.#lastMs = Math.max(this.#lastMs, this.#context.clock.nowMs());
    const drafts = requests.map(({ partition, records, options }) =>
      partition.draft(records, options, this.#lastMs),
    );
    const parts: CarriedPart[] = [];
    for (const { partition, frame } of drafts) {
      if (frame !== undefined)
        parts.push({ topicId: partition.id.topicId, partition: partition.id.partition, ...frame });
    }
    const payload = carriedWrite(parts);
    this.#requireRoom(payload.length, requests);
    for (const draft of drafts) draft.partition.take(draft);
    const write = { drafts, bytes: payload.length, position: undefined, failure: undefined, resolve, reject };
    const sent: Write = { ...write, state: 'sent' };
    this.#sent.push(sent);
    this.#queuedBytes += sent.bytes;
    this.#send(sent, parts.length === 0 ? undefined : payload);
  }

  #send(write: Write, payload: Uint8Array | undefined): void {
    if (payload === undefined) {
      // Nothing but repetitions: it waits for what it repeats, by its place in the line.
      write.state = 'durable';
      queueMicrotask(() => this.#advance());
      return;
    }
    this.#context.append(payload, { kind: WRITE }).then(
      (position) => this.#onDurable(write, position),
      (cause: unknown) => this.#onRefused(write, cause),
    );
  }

  #onDurable(write: Write, position: WalPosition): void {
    write.position = position;
    write.state = 'durable';
    this.#advance();
  }

  #onRefused(write: Write, cause: unknown): void {
    this.#failure ??= { cause };
    this.#fail(write, cause);
    this.#advance();
  }

  #fail(write: Write, cause: unknown): void {
    write.state = 'failed';
    write.failure = cause;
    for (const { partition, frame } of write.drafts) if (frame !== undefined) this.#refused.add(partition);
  }

  /** Hands on what has become durable, in order, and lets go of what is written, in order. */
  #advance(): void {
    for (
      let write = this.#sent.first;
      write !== undefined && write.state !== 'sent';
      write = this.#sent.first
    ) {
      this.#sent.shift();
      this.#handedOn.push(write);
      if (write.state === 'durable') this.#apply(write);
    }
    for (
      let write = this.#handedOn.first;
      write !== undefined && isDone(write);
      write = this.#handedOn.first
    ) {
      this.#handedOn.shift();
      this.#settle(write);
    }
    if (this.#sent.length === 0 && this.#handedOn.length === 0) this.#recover();
  }

  #apply(write: Write): void {
    write.state = 'applying';
    const { drafts, position } = write;
    // What it repeats may be among what was refused.
    if (position === undefined && this.#failure !== undefined) {
      this.#fail(write, this.#failure.cause);
      return;
    }
    if (drafts.some(({ partition }) => partition.poisoned)) {
      this.#spoil(write, undefined);
      return;
    }
    const written = drafts
      .filter(({ frame }) => frame !== undefined)
      .map((draft) => draft.partition.write(draft, position?.lsn ?? 0));
    Promise.all(written).then(
      () => this.#onWritten(write),
      (cause: unknown) => {
        this.#spoil(write, cause);
        this.#advance();
      },
    );
  }

  #onWritten(write: Write): void {
    write.state = 'written';
    this.#advance();
  }

  /** A log could not take a durable write: all its partitions stop here, and a replay brings it to them. */
  #spoil(write: Write, cause: unknown): void {
    const reason = cause ?? new SeglogError('LOG_POISONED', 'an earlier write could not be taken by its log');
    const lsn = write.position?.lsn;
    if (lsn !== undefined) for (const { partition } of write.drafts) partition.poison(reason, lsn);
    write.state = 'failed';
    const sentence =
      'the append is durable, and its log could not take it: it is there when the engine is opened again';
    write.failure = new SeglogError('APPEND_UNKNOWN', sentence, {}, { cause: reason });
  }

  #settle(write: Write): void {
    const { drafts, position } = write;
    this.#queuedBytes -= write.bytes;
    if (write.state === 'written') {
      for (const { partition, frame, lastOffset } of drafts)
        if (frame !== undefined) partition.publish(lastOffset);
      if (position !== undefined) this.#context.onApplied(position, write.bytes);
      write.resolve(drafts.map(resultOf));
    } else write.reject(write.failure);
    for (const { partition } of drafts) partition.leave();
  }

  /** After a full disk the offsets of what was refused are given again; any other failure is for good. */
  #recover(): void {
    if (this.#failure === undefined || !SeglogError.is(this.#failure.cause, 'STORAGE_FULL')) return;
    for (const partition of this.#refused) partition.takeBack();
    this.#refused.clear();
    this.#failure = undefined;
  }

  #requireUsable(): void {
    if (this.#failure === undefined) return;
    const { cause } = this.#failure;
    if (SeglogError.is(cause, 'STORAGE_FULL')) throw cause;
    const sentence = 'an earlier failure left the write-ahead log in doubt; close and open the engine again';
    throw new SeglogError('LOG_POISONED', sentence, {}, { cause });
  }

  #requireRoom(bytes: number, requests: readonly AheadRequest[]): void {
    const { maxWriteBytes, maxQueuedBytes } = this.#context;
    if (bytes > maxWriteBytes) {
      const facts = { bytes, maxBytes: maxWriteBytes };
      throw new SeglogError('RECORD_TOO_LARGE', 'a write is over the limit of the write-ahead log', facts);
    }
    const full = this.#queuedBytes > 0 && this.#queuedBytes + bytes > maxQueuedBytes;
    if (!full || requests.every(({ options }) => options.whenFull !== 'reject')) return;
    const facts = { queuedBytes: this.#queuedBytes, maxQueuedBytes };
    throw new SeglogError('QUEUE_FULL', 'the append queue is full', facts);
  }
}

function isDone({ state }: Write): boolean {
  return state === 'written' || state === 'failed';
}

function resultOf({ baseOffset, lastOffset, acknowledge, frame }: Draft): AppendResult {
  return { baseOffset, lastOffset, durability: acknowledge, duplicate: frame === undefined };
}
