import { type BufferPool, invariant, SeglogError, type WalPosition } from '@seglog/core';
import type { AheadPart } from './ahead-part.js';
import { PART_HEAD_BYTES, writePart } from './carried-write.js';
import type { Write } from './write.js';

/**
 * Writes that travel together, as one record of the write-ahead log: durable all at once, or none of them. What they bring to
 * one partition shares a frame where it can.
 */
export class Convoy {
  public readonly writes: Write[] = [];
  public readonly parts: AheadPart[] = [];
  /** What its parts take in the write-ahead log, at most. */
  public bytes = 0;
  public state: 'sent' | 'durable' | 'applying' | 'applied' | 'refused' = 'sent';
  /** Undefined until it is durable, and when it brings nothing. */
  public position: WalPosition | undefined;
  public failure: unknown;
  /** Parts that are on their way into their logs. */
  #pending = 0;
  #buffer: Uint8Array | undefined;

  /** The write has its offsets. */
  public add(write: Write): void {
    this.writes.push(write);
    this.bytes += write.bytes;
    for (const { partition, part } of write.drafts) {
      if (part === undefined || partition.joins(part)) continue;
      this.parts.push(part);
      partition.lastPart = part;
    }
  }

  /** What the write-ahead log is to hold of it, in memory that `release` gives back. Nothing joins it any more. */
  public encode(buffers: BufferPool): Uint8Array {
    const lent = buffers.acquire();
    // One write that is longer than a buffer travels alone, in memory of its own.
    if (lent.length < this.bytes) buffers.release(lent);
    else this.#buffer = lent;
    const memory = this.#buffer ?? new Uint8Array(this.bytes);
    const target = Buffer.from(memory.buffer, memory.byteOffset, memory.length);
    let position = 0;
    for (const part of this.parts) {
      const { partition } = part;
      const end = writePart(partition, part, target, position);
      part.encoded = partition.takesFrames ? target.subarray(position + PART_HEAD_BYTES, end) : undefined;
      partition.lastPart = undefined;
      position = end;
    }
    return target.subarray(0, position);
  }

  /** It is in its logs, and in the write-ahead log, or nowhere: nobody reads what it has encoded. */
  public release(buffers: BufferPool): void {
    if (this.#buffer !== undefined) buffers.release(this.#buffer);
  }

  /** Hands its parts to their logs; `onDone` is called when the last of those has them that do not have them at once. */
  public apply(lsn: number, onDone: () => void): void {
    this.state = 'applying';
    this.#breakTogether(lsn);
    for (const part of this.parts) {
      const { partition } = part;
      if (partition.isBroken(lsn)) continue;
      const placing = partition.place(part, lsn);
      if (placing === undefined) continue;
      this.#pending += 1;
      placing.then(
        () => this.#arrived(onDone),
        (cause: unknown) => {
          partition.poison(cause, lsn);
          this.#arrived(onDone);
        },
      );
    }
    if (this.#pending === 0) this.state = 'applied';
  }

  /** Makes its records visible, all in one step, but for those of writes that a log could not take: these are as one, too. */
  public publish(lsn: number): void {
    this.#breakTogether(lsn);
    for (const { partition, lastOffset } of this.parts) {
      if (!partition.isBroken(lsn)) partition.publish(lastOffset);
    }
  }

  /** Answers its writes: what was published, and what was not. */
  public settle(): void {
    const { position, state, failure } = this;
    for (const write of this.writes) {
      if (state === 'refused') write.reject(failure);
      else if (position !== undefined && write.isBroken(position.lsn)) write.reject(notTaken(write));
      else write.resolve();
      write.leave();
    }
  }

  #arrived(onDone: () => void): void {
    this.#pending -= 1;
    invariant(this.#pending >= 0, 'each part arrives once');
    if (this.#pending > 0) return;
    this.state = 'applied';
    onDone();
  }

  /** Where one log of a write cannot go on, none of them does: a replay brings the write to all of them. */
  #breakTogether(lsn: number): void {
    for (let more = this.writes.some((write) => write.isBroken(lsn)); more; ) {
      more = false;
      for (const write of this.writes) {
        if (!write.isBroken(lsn)) continue;
        for (const { partition } of write.drafts) {
          if (partition.isBroken(lsn)) continue;
          partition.poison(reasonOf(write), lsn);
          more = true;
        }
      }
    }
  }
}

/** What one of the logs of a write could not take it for. */
function reasonOf({ drafts }: Write): unknown {
  return drafts.find(({ partition }) => partition.poisoned !== undefined)?.partition.poisoned;
}

function notTaken(write: Write): SeglogError {
  const sentence =
    'the append is durable, and its log could not take it: it is there when the engine is opened again';
  return new SeglogError('APPEND_UNKNOWN', sentence, {}, { cause: reasonOf(write) });
}
