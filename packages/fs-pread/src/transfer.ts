import { invariant } from '@seglog/core';
import type { FileCalls } from './file-calls.js';
import { errnoOf } from './storage-failure.js';

const MOST_BYTES_PER_CALL = 64 * 1024 * 1024;
const MOST_CHUNKS_PER_CALL = 1024;
/** An interrupted call has done nothing and is made again; after so many in a row the medium is a failing one. */
const MOST_INTERRUPTIONS = 1000;

/**
 * Writes all of `chunks` from `position`, however little the operating system takes at once, or rejects. Node writes at
 * the file's cursor when a position is no safe integer, so it is asserted before each call.
 */
export async function writeFully(
  calls: FileCalls,
  descriptor: number,
  position: number,
  chunks: readonly Uint8Array[],
): Promise<void> {
  const rest = chunks.filter((chunk) => chunk.length > 0);
  let at = position;
  let first = 0;
  while (first < rest.length) {
    invariant(Number.isSafeInteger(at), 'a write is at a safe position');
    const batch = nextBatch(rest, first);
    const written = await uninterrupted(() => calls.write(descriptor, batch, at));
    if (written === 0) throw Object.assign(new Error('the medium took no byte'), { code: 'EIO' });
    at += written;
    first = skip(rest, first, written);
  }
}

/** As many chunks as one call may carry; the last one is cut where they would be too many bytes. */
function nextBatch(rest: readonly Uint8Array[], first: number): readonly Uint8Array[] {
  const batch: Uint8Array[] = [];
  let room = MOST_BYTES_PER_CALL;
  for (let next = first; next < rest.length && batch.length < MOST_CHUNKS_PER_CALL && room > 0; next += 1) {
    const chunk = rest[next];
    invariant(chunk !== undefined, 'a batch ends with the chunks');
    batch.push(chunk.length > room ? chunk.subarray(0, room) : chunk);
    room -= chunk.length;
  }
  return batch;
}

/** Drops `written` bytes from the front of `rest`, and returns the first chunk that is left. */
function skip(rest: Uint8Array[], first: number, written: number): number {
  let left = written;
  for (let next = first; next < rest.length; next += 1) {
    const chunk = rest[next];
    invariant(chunk !== undefined, 'what was written lies in the chunks');
    if (left < chunk.length) {
      rest[next] = chunk.subarray(left);
      return next;
    }
    left -= chunk.length;
  }
  invariant(left === 0, 'no more was written than there was');
  return rest.length;
}

/** Fills `target` from `position`; shorter only at the end of the file. Returns the bytes read. */
export async function readFully(
  calls: FileCalls,
  descriptor: number,
  position: number,
  target: Uint8Array,
): Promise<number> {
  let filled = 0;
  while (filled < target.length) {
    const rest = target.subarray(filled, filled + MOST_BYTES_PER_CALL);
    const at = position + filled;
    const count = await uninterrupted(() => calls.read(descriptor, rest, at));
    if (count === 0) break;
    filled += count;
  }
  return filled;
}

/** As {@link readFully}, on this thread. */
export function readFullySync(
  calls: FileCalls,
  descriptor: number,
  position: number,
  target: Uint8Array,
): number {
  let filled = 0;
  let interruptions = 0;
  while (filled < target.length) {
    try {
      const rest = filled === 0 ? target : target.subarray(filled);
      const count = calls.readSync(descriptor, rest, position + filled);
      if (count === 0) break;
      filled += count;
      interruptions = 0;
    } catch (error) {
      interruptions += 1;
      if (!isInterruption(error) || interruptions > MOST_INTERRUPTIONS) throw error;
    }
  }
  return filled;
}

async function uninterrupted(call: () => number | Promise<number>): Promise<number> {
  for (let interruptions = 1; ; interruptions += 1) {
    try {
      return await call();
    } catch (error) {
      if (!isInterruption(error) || interruptions > MOST_INTERRUPTIONS) throw error;
    }
  }
}

/** Nothing was done, and the call is to be made again. */
export function isInterruption(error: unknown): boolean {
  const errno = errnoOf(error);
  return errno === 'EINTR' || errno === 'EAGAIN';
}
