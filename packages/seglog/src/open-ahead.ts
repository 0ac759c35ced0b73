import { type BufferPool, SeglogError, type WriterSession } from '@seglog/core';
import { holdsWrites, requireWal, WriteAhead, type WriteAheadParts } from '@seglog/wal';
import type { EngineParts } from './compose.js';

/** What logs and the write-ahead log of one engine have in common. */
export interface SharedBuffers {
  readonly writeBuffers: BufferPool;
  readonly readBuffers: BufferPool;
}

/** The write-ahead log of an engine that has one, not yet replayed. */
export async function openAhead(
  parts: EngineParts,
  session: WriterSession | undefined,
  buffers: SharedBuffers,
): Promise<WriteAhead | undefined> {
  const { writeAhead: settings } = parts;
  if (session === undefined) return undefined;
  if (settings !== undefined)
    return WriteAhead.open({ ...aheadParts(parts, session, buffers), settings, session });
  // What there was of one holds nothing, or the engine would not open.
  session.endAhead();
  return undefined;
}

/**
 * What only a write-ahead log holds must not be passed over: `COMPOSITION` when there is such a thing and the engine has no
 * write-ahead log, `CORRUPT_METADATA` when there was one and it is gone.
 */
export async function requireNothingAhead(parts: EngineParts, buffers: SharedBuffers): Promise<void> {
  const { onCorruption } = parts.writeAhead ?? {};
  await requireWal(parts.disk, { checksum: parts.components.crc32c, onCorruption });
  if (parts.writeAhead !== undefined || !(await holdsWrites(aheadParts(parts, undefined, buffers)))) return;
  const sentence = 'the data root has a write-ahead log with writes in it; add walModule() to the modules';
  throw new SeglogError('COMPOSITION', sentence, { part: 'write-ahead log' });
}

function aheadParts(
  { disk, components }: EngineParts,
  epochs: WriterSession | undefined,
  buffers: SharedBuffers,
): Pick<WriteAheadParts, 'root' | 'components'> {
  return { root: disk, components: { ...components, ...buffers, epochs } };
}
