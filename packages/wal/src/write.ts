import type { AppendOptions, AppendResult, RecordInput } from '@seglog/core';
import type { Draft } from './ahead-draft.js';
import type { AheadPartition } from './ahead-partition.js';

/** What a write asks of one partition. */
export interface AheadRequest {
  readonly partition: AheadPartition;
  readonly records: readonly RecordInput[];
  readonly options: AppendOptions;
}

/** Who waits for a write: for what became of all its requests, or of the one that there is. */
export type WriteSettle = { readonly reject: (cause: unknown) => void } & (
  | { readonly all: (results: readonly AppendResult[]) => void }
  | { readonly first: (result: AppendResult) => void }
);

/** One write on its way: what it brings to one or more partitions becomes durable and visible together. */
export class Write {
  /** One for each partition, which is named once. */
  public readonly requests: readonly AheadRequest[];
  /** In the order of the requests; none before the offsets are given. */
  public drafts: readonly Draft[] = [];
  /** That it takes in the write-ahead log, at most. */
  public bytes = 0;
  readonly #settle: WriteSettle;

  public constructor(requests: readonly AheadRequest[], settle: WriteSettle) {
    this.requests = requests;
    this.#settle = settle;
  }

  public resolve(): void {
    const [first] = this.drafts;
    if ('all' in this.#settle) this.#settle.all(this.drafts.map(({ result }) => result));
    else if (first !== undefined) this.#settle.first(first.result);
  }

  public reject(cause: unknown): void {
    this.#settle.reject(cause);
  }

  /** Under way: the partitions wait for it. */
  public enter(): void {
    for (const { partition } of this.requests) partition.enter();
  }

  public leave(): void {
    for (const { partition } of this.requests) partition.leave();
  }

  /** Throws what is wrong with it; changes nothing. */
  public draft(nowMs: number): void {
    const drafts: Draft[] = [];
    let bytes = 0;
    for (const request of this.requests) {
      request.options.signal?.throwIfAborted();
      const draft = request.partition.draft(request, nowMs);
      drafts.push(draft);
      bytes += draft.part?.carriedBytes ?? 0;
    }
    this.drafts = drafts;
    this.bytes = bytes;
  }

  /** Whether one of its logs could not take what the write-ahead log holds from some record below `lsn` on. */
  public isBroken(lsn: number): boolean {
    for (const { partition } of this.drafts) if (partition.isBroken(lsn)) return true;
    return false;
  }
}
