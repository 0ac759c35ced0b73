import { CACHED_BATCHES, lastOffsetOf, type ProducerBatch, type ProducerEntry } from './producer-entry.js';
import { requireProducerStamp } from './producer-stamp.js';

const VERSION = 1;

/** What `ProducerState` knew of the records below `nextOffset`: plain data that JSON holds. */
export interface ProducerSnapshot {
  readonly version: typeof VERSION;
  readonly nextOffset: number;
  /** The one that appended last comes last. */
  readonly producers: readonly ProducerSnapshotEntry[];
}

export interface ProducerSnapshotEntry {
  readonly id: string;
  readonly epoch: number;
  /** Null when it is not known any more. */
  readonly nextSequence: number | null;
  readonly lastAppendTimeMs: number;
  /** At most five, oldest first. */
  readonly batches: readonly ProducerBatch[];
}

export function makeSnapshot(
  nextOffset: number,
  entries: ReadonlyMap<string, ProducerEntry>,
): ProducerSnapshot {
  const producers = [...entries].map(([id, { epoch, nextSequence = null, lastAppendTimeMs, batches }]) => ({
    id,
    epoch,
    nextSequence,
    lastAppendTimeMs,
    batches,
  }));
  return { version: VERSION, nextOffset, producers };
}

/** Believes a value only if it is a snapshot that `ProducerState` could have made. Never throws. */
export function readProducerSnapshot(value: unknown): ProducerSnapshot | undefined {
  if (!isObject(value) || value['version'] !== VERSION || !isInteger(value['nextOffset'])) return undefined;
  const { nextOffset, producers } = value;
  if (!Array.isArray(producers)) return undefined;
  const read: ProducerSnapshotEntry[] = [];
  const ids = new Set<string>();
  for (const producer of producers) {
    const entry = readEntry(producer, nextOffset);
    if (entry === undefined || ids.has(entry.id)) return undefined;
    ids.add(entry.id);
    read.push(entry);
  }
  return { version: VERSION, nextOffset, producers: read };
}

function readEntry(value: unknown, nextOffset: number): ProducerSnapshotEntry | undefined {
  if (!isObject(value)) return undefined;
  const { id, epoch, nextSequence, lastAppendTimeMs, batches } = value;
  if (typeof id !== 'string' || !isInteger(epoch) || !isInteger(lastAppendTimeMs)) return undefined;
  if (nextSequence !== null && !isInteger(nextSequence)) return undefined;
  if (!Array.isArray(batches) || batches.length > CACHED_BATCHES) return undefined;
  const read = batches.map(readBatch);
  if (!read.every((batch) => batch !== undefined)) return undefined;
  const entry = { id, epoch, nextSequence, lastAppendTimeMs, batches: read };
  return isStamp(entry) && isChain(entry, nextOffset) ? entry : undefined;
}

function readBatch(value: unknown): ProducerBatch | undefined {
  if (!isObject(value)) return undefined;
  const { sequence, count, baseOffset, appendTimeMs } = value;
  if (!isInteger(sequence) || !isInteger(count) || count < 1) return undefined;
  if (!isInteger(baseOffset) || !isInteger(appendTimeMs)) return undefined;
  return { sequence, count, baseOffset, appendTimeMs };
}

function isStamp({ id, epoch }: ProducerSnapshotEntry): boolean {
  try {
    requireProducerStamp({ id, epoch, sequence: 0 }, 1);
    return true;
  } catch {
    return false;
  }
}

/** The batches stand one behind the other, below `nextOffset`, and the next sequence follows the last of them. */
function isChain({ batches, nextSequence }: ProducerSnapshotEntry, nextOffset: number): boolean {
  const last = batches.at(-1);
  if (last === undefined) return nextSequence === null || nextSequence === 0;
  if (last.sequence + last.count !== nextSequence || lastOffsetOf(last) >= nextOffset) return false;
  return batches.every((batch, at) => {
    const before = batches[at - 1];
    if (before === undefined) return true;
    return before.sequence + before.count === batch.sequence && lastOffsetOf(before) < batch.baseOffset;
  });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isInteger(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
