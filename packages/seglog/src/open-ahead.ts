import { type BufferPool, SeglogError, type WriterSession } from '@seglog/core';
import { holdsWrites, WriteAhead, type WriteAheadParts } from '@seglog/wal';
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
  if (settings === undefined || session === undefined) return undefined;
  return WriteAhead.open({ ...aheadParts(parts, session, buffers), settings });
}

/** What only a write-ahead log holds must not be passed over: `COMPOSITION` when there is such a thing. */
export async function requireNothingAhead(parts: EngineParts, buffers: SharedBuffers): Promise<void> {
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
