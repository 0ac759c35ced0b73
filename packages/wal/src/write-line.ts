import { type AppendResult, BufferPool, type Clock, SeglogError, soon, type WalPosition } from '@seglog/core';
import type { AheadLine } from './ahead-draft.js';
import type { AheadPartition } from './ahead-partition.js';
import { WRITE } from './carried-write.js';
import { Convoy } from './convoy.js';
import { Fifo } from './fifo.js';
import { type AheadRequest, Write } from './write.js';

export interface WriteLineContext {
  readonly clock: Clock;
  /** Longest write that the write-ahead log takes. */
  readonly maxWriteBytes: number;
  /** Writes travel together up to this size; a longer one travels alone. */
  readonly convoyBytes: number;
  /** Payload that may be on its way before a write that would rather not wait is turned away. */
  readonly maxQueuedBytes: number;
  /** Makes a convoy durable. */
  append(payload: Uint8Array, options: { readonly kind: number }): Promise<WalPosition>;
  /** Undefined when there is room in the write-ahead log; else resolves when there may be. */
  room(): Promise<void> | undefined;
  /** A convoy is in all its logs, and so are all before it, or their logs are poisoned. */
  onApplied(position: WalPosition, bytes: number): void;
  left(partition: AheadPartition, kept: number | undefined): void;
}

/**
 * The one line in which writes stand, whatever partitions they are for. Offsets are given in one synchronous step, in the
 * order in which writes go to the write-ahead log, those of one turn of the event loop together; durable ones are handed to
 * their logs in that order, and become visible in that order, each in all its partitions at once.
 */
export class WriteLine implements AheadLine {
  readonly #context: WriteLineContext;
  readonly #buffers: BufferPool;
  readonly #entrance = new Fifo<Write>();
  /** On their way to the write-ahead log, and from there to their logs. */
  readonly #sent = new Fifo<Convoy>();
  readonly #handedOn = new Fifo<Convoy>();
  #queuedBytes = 0;
  #lastMs = 0;
  #failure: { readonly cause: unknown } | undefined;
  /** Partitions whose last offsets were given to writes that were refused. */
  readonly #refused = new Set<AheadPartition>();
  readonly #letInLater = (): void => this.#letIn();
  readonly #advanceLater = (): void => this.#advance();

  public constructor(context: WriteLineContext) {
    this.#context = context;
    this.#buffers = new BufferPool({ bufferBytes: context.convoyBytes, maxIdle: 8 });
  }

  /** A write to one partition. Not an async function: that would be more promises for each append. */
  public append(request: AheadRequest): Promise<AppendResult> {
    request.options.signal?.throwIfAborted();
    const obstacle = this.#obstacle(request);
    if (obstacle !== undefined) return this.#appendLater(request, obstacle);
    return new Promise((first, reject) => {
      this.#enter(new Write([request], { first, reject }));
    });
  }

  /** Results are in the order of the requests, of which there is one for each partition. */
  public async write(requests: readonly AheadRequest[]): Promise<readonly AppendResult[]> {
    for (const { options } of requests) options.signal?.throwIfAborted();
    for (let i = 0; i < requests.length; ) {
      const obstacle = this.#obstacle(requests[i] as AheadRequest);
      if (obstacle === undefined) i += 1;
      else {
        await obstacle;
        i = 0;
      }
    }
    return new Promise((all, reject) => {
      this.#enter(new Write(requests, { all, reject }));
    });
  }

  public left(partition: AheadPartition, kept: number | undefined): void {
    this.#context.left(partition, kept);
  }

  async #appendLater(request: AheadRequest, obstacle: Promise<unknown>): Promise<AppendResult> {
    await obstacle;
    const [result] = await this.write([request]);
    return result as AppendResult;
  }

  /** What a write has to wait for before it stands in line. */
  #obstacle({ partition }: AheadRequest): Promise<unknown> | undefined {
    return this.#context.room() ?? partition.gate;
  }

  #enter(write: Write): void {
    write.enter();
    this.#entrance.push(write);
    if (this.#entrance.length === 1) soon(this.#letInLater);
  }

  /** Writes of one turn of the event loop enter together; until then they can be taken back. */
  #letIn(): void {
    this.#lastMs = Math.max(this.#lastMs, this.#context.clock.nowMs());
    let convoy = new Convoy();
    for (let write = this.#entrance.first; write !== undefined; write = this.#entrance.first) {
      this.#entrance.shift();
      try {
        this.#requireUsable();
        write.draft(this.#lastMs);
        this.#requireRoom(write);
      } catch (cause) {
        write.leave();
        write.reject(cause);
        continue;
      }
      if (convoy.bytes > 0 && convoy.bytes + write.bytes > this.#context.convoyBytes) {
        this.#send(convoy);
        convoy = new Convoy();
      }
      this.#queuedBytes += write.bytes;
      for (const draft of write.drafts) draft.partition.take(draft);
      convoy.add(write);
    }
    if (convoy.writes.length > 0) this.#send(convoy);
  }

  /** From its writes' offsets to the write-ahead log's line nothing waits: the order of offsets is the order of LSNs. */
  #send(convoy: Convoy): void {
    this.#sent.push(convoy);
    if (convoy.parts.length === 0) {
      // Nothing but repetitions: it waits for what it repeats, by its place in the line.
      convoy.state = 'durable';
      soon(this.#advanceLater);
      return;
    }
    const payload = convoy.encode(this.#buffers);
    this.#context.append(payload, { kind: WRITE }).then(
      (position) => this.#onDurable(convoy, position),
      (cause: unknown) => this.#onRefused(convoy, cause),
    );
  }

  #onDurable(convoy: Convoy, position: WalPosition): void {
    convoy.position = position;
    convoy.state = 'durable';
    this.#advance();
  }

  #onRefused(convoy: Convoy, cause: unknown): void {
    this.#failure ??= { cause };
    this.#refuse(convoy, cause);
    this.#advance();
  }

  #refuse(convoy: Convoy, cause: unknown): void {
    convoy.state = 'refused';
    convoy.failure = cause;
    for (const { partition } of convoy.parts) this.#refused.add(partition);
  }

  /** Hands on what has become durable, in order, and lets go of what its logs have, in order. */
  #advance(): void {
    const [sent, handedOn] = [this.#sent, this.#handedOn];
    for (let first = sent.first; first !== undefined && first.state !== 'sent'; first = sent.first) {
      sent.shift();
      handedOn.push(first);
      if (first.state === 'durable') this.#apply(first);
    }
    for (let first = handedOn.first; first !== undefined && isDone(first); first = handedOn.first) {
      handedOn.shift();
      this.#settle(first);
    }
    if (sent.length === 0 && handedOn.length === 0) this.#recover();
  }

  #apply(convoy: Convoy): void {
    const { position } = convoy;
    if (position !== undefined) convoy.apply(position.lsn, this.#advanceLater);
    // What it repeats may be among what was refused.
    else if (this.#failure !== undefined) this.#refuse(convoy, this.#failure.cause);
    else convoy.state = 'applied';
  }

  #settle(convoy: Convoy): void {
    const { position, bytes } = convoy;
    this.#queuedBytes -= bytes;
    if (position !== undefined) {
      convoy.publish(position.lsn);
      this.#context.onApplied(position, bytes);
    }
    convoy.settle();
    convoy.release(this.#buffers);
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

  #requireRoom({ bytes, requests }: Write): void {
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

function isDone({ state }: Convoy): boolean {
  return state === 'applied' || state === 'refused';
}
