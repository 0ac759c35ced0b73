import { SeglogError } from '../contract/error.js';
import type { AppendOptions, AppendResult } from '../contract/partition-log.js';
import type { RecordInput } from '../contract/record.js';
import { requireOneOf, requireSafeInteger } from '../invariant.js';
import { AppendRequest, measureRecords } from './append-request.js';
import type { LogSettings } from './log-settings.js';
import { ExclusiveStep, type LineItem, RequestLine } from './request-line.js';

export interface AppendQueueContext {
  readonly settings: LogSettings;
  readonly acknowledge: 'written' | 'synced';
  /** Something stands in line: see that it gets written. */
  wake(): void;
}

/**
 * Where appends wait in line: bounded in bytes, first come first served. What is over the bound waits outside, in order,
 * or is turned away if its caller would rather not wait.
 */
export class AppendQueue {
  public readonly line: RequestLine = new RequestLine();
  readonly #context: AppendQueueContext;
  readonly #onAbort = (aborted: AppendRequest): void => this.#cancel(aborted);
  #queuedBytes = 0;
  #outside: AppendRequest[] = [];
  #closed: { readonly cause: unknown } | undefined;

  public constructor(context: AppendQueueContext) {
    this.#context = context;
  }

  /** Payload that waits in line. */
  public get queuedBytes(): number {
    return this.#queuedBytes;
  }

  /** Puts an append in line. Throws what is wrong with it before it is in. */
  public append(records: readonly RecordInput[], options: AppendOptions): Promise<AppendResult> {
    if (this.#closed !== undefined) return Promise.reject(this.#closed.cause);
    options.signal?.throwIfAborted();
    requireOptions(options);
    const measure = measureRecords(records, this.#context.settings);
    return new Promise((resolve, reject) => {
      const acknowledge = options.acknowledge ?? this.#context.acknowledge;
      const settle = { resolve, reject, onAbort: this.#onAbort };
      this.#enter(new AppendRequest({ records, measure }, options, acknowledge, settle));
    });
  }

  /** Puts a step in line that runs alone, after all that stands before it. Rejects with what the step rejects with. */
  public exclusive<T>(step: () => Promise<T>): Promise<T> {
    if (this.#closed !== undefined) return Promise.reject(this.#closed.cause);
    return new Promise((resolve, reject) => {
      this.line.push(new ExclusiveStep(() => step().then(resolve, reject), reject));
      this.#context.wake();
    });
  }

  /** The request left the line: there is room for others. */
  public taken(request: AppendRequest): void {
    this.#queuedBytes -= request.measure.payloadBytes;
    if (this.#outside.length > 0) this.#letIn();
  }

  /** Takes back requests whose group was not written. They stand at the head again, as if nothing had happened. */
  public putBack(requests: readonly AppendRequest[]): void {
    for (const request of requests) {
      request.baseOffset = -1;
      request.lastOffset = -1;
      request.duplicate = false;
      this.#queuedBytes += request.measure.payloadBytes;
    }
    this.line.putBack(requests);
  }

  /** Rejects the appends that wait and are chosen. */
  public turnAway(chosen: (request: AppendRequest) => boolean, cause: unknown): void {
    for (let i = 0; i < this.line.length; i++) {
      const item = this.line.at(i);
      if (!(item instanceof AppendRequest) || item.cancelled || !chosen(item)) continue;
      item.cancelled = true;
      this.#queuedBytes -= item.measure.payloadBytes;
      item.reject(cause);
    }
    for (const request of this.#outside) if (chosen(request)) request.reject(cause);
    this.#outside = this.#outside.filter((request) => !chosen(request));
    this.#letIn();
  }

  /** Takes nothing in any more. What is in line stays to be written. */
  public close(cause: unknown): void {
    this.#closed ??= { cause };
    const outside = this.#outside;
    this.#outside = [];
    for (const request of outside) request.reject(cause);
  }

  /** Rejects all that waits. */
  public abandon(cause: unknown): void {
    this.#closed = { cause };
    this.close(cause);
    for (const item of this.line.clear()) abandonItem(item, cause);
    this.#queuedBytes = 0;
  }

  #enter(request: AppendRequest): void {
    const { maxQueuedBytes } = this.#context.settings;
    if (this.#outside.length === 0 && this.#fits(request)) {
      this.#queue(request);
    } else if (request.options.whenFull === 'reject') {
      const facts = { queuedBytes: this.#queuedBytes, maxQueuedBytes };
      request.reject(new SeglogError('QUEUE_FULL', 'the append queue is full', facts));
    } else {
      this.#outside.push(request);
    }
  }

  /** An append larger than the whole queue still gets its turn: alone. */
  #fits(request: AppendRequest): boolean {
    const bytes = this.#queuedBytes + request.measure.payloadBytes;
    return this.#queuedBytes === 0 || bytes <= this.#context.settings.maxQueuedBytes;
  }

  #queue(request: AppendRequest): void {
    request.queued = true;
    this.#queuedBytes += request.measure.payloadBytes;
    this.line.push(request);
    this.#context.wake();
  }

  #letIn(): void {
    let entered = 0;
    for (const request of this.#outside) {
      if (!this.#fits(request)) break;
      this.#queue(request);
      entered++;
    }
    this.#outside.splice(0, entered);
  }

  /** An append that is still in line is taken back; one that has its offsets goes its way. */
  #cancel(request: AppendRequest): void {
    request.cancelled = true;
    request.reject(request.options.signal?.reason);
    if (request.queued) this.#queuedBytes -= request.measure.payloadBytes;
    else this.#outside = this.#outside.filter((other) => other !== request);
    this.#letIn();
  }
}

const OPTIONS: Readonly<Record<keyof AppendOptions, true>> = {
  expectedOffset: true,
  producer: true,
  acknowledge: true,
  whenFull: true,
  signal: true,
};

/** An option that is misspelt must not promise less than its caller believes. */
function requireOptions(options: AppendOptions): void {
  for (const name in options) {
    if (!Object.hasOwn(OPTIONS, name)) throw new TypeError(`append has no option '${name}'`);
  }
  const { expectedOffset, acknowledge, whenFull } = options;
  if (expectedOffset !== undefined) requireSafeInteger(expectedOffset, 'expectedOffset');
  if (acknowledge !== undefined) requireOneOf(acknowledge, ['written', 'synced'], 'acknowledge');
  if (whenFull !== undefined) requireOneOf(whenFull, ['wait', 'reject'], 'whenFull');
}

function abandonItem(item: LineItem, cause: unknown): void {
  if (item instanceof ExclusiveStep) item.abandon(cause);
  else if (!item.cancelled) item.reject(cause);
}
