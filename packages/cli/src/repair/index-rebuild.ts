import {
  crc32c,
  fileIndex,
  type KnownFormats,
  openStoredSegment,
  readIndex,
  readStoredManifest,
  type SegmentFacts,
  type StorageDirectory,
  walkStoredFrames,
} from '@seglog/core';
import { readWhole } from '../dump/read-whole.js';

/** Bytes of frames between two entries: what logs have by default. */
const INTERVAL_BYTES = 4096;

/** The index of a sealed segment, and what is the matter with it. */
export interface IndexState {
  readonly file: string;
  readonly facts: SegmentFacts;
  readonly state: 'whole' | 'missing' | 'damaged' | 'partial';
}

/** The indexes of a log's sealed segments. That of the growing one is the writer's own. */
export async function indexStates(
  directory: StorageDirectory,
  formats: KnownFormats,
): Promise<readonly IndexState[]> {
  const { value: manifest } = await readStoredManifest(directory, crc32c());
  const states: IndexState[] = [];
  for (const { facts } of manifest?.segments ?? []) {
    if (!facts.sealed) continue;
    const file = `${String(facts.baseOffset).padStart(20, '0')}-${facts.id}.idx`;
    states.push({ file, facts, state: await stateOf(directory, { file, facts, formats }) });
  }
  return states;
}

async function stateOf(
  directory: StorageDirectory,
  {
    file,
    facts,
    formats,
  }: { readonly file: string; readonly facts: SegmentFacts; readonly formats: KnownFormats },
): Promise<IndexState['state']> {
  if ((await directory.sizeOf(file)) === undefined) return 'missing';
  const index = readIndex(await readWhole(directory, file), facts, formats.checksums);
  if (index === undefined) return 'damaged';
  return index.coveredUpTo < facts.endPosition ? 'partial' : 'whole';
}

/** Makes the index of a sealed segment anew from its frames. False where a frame is damaged: then there is none. */
export async function rebuildIndex(
  directory: StorageDirectory,
  { file, facts }: IndexState,
  formats: KnownFormats,
): Promise<boolean> {
  const store = fileIndex({ checksum: crc32c() })(directory);
  await store.remove(facts);
  const { index } = await store.open(facts);
  const segment = await openStoredSegment(directory, file.replace(/idx$/, 'log'), formats);
  let whole = segment.codec !== undefined;
  let maxTimestampMs = -1;
  let due = facts.firstPosition + INTERVAL_BYTES;
  try {
    await walkStoredFrames(segment, ({ kind, position, ...piece }) => {
      if (kind !== 'frame' || !('header' in piece)) {
        whole = false;
        return false;
      }
      const { header } = piece;
      if (position >= due) {
        index.append({ offset: header.baseOffset, position, maxTimestampMs });
        due = position + INTERVAL_BYTES;
      }
      maxTimestampMs = Math.max(maxTimestampMs, header.maxTimestampMs);
      return true;
    });
    if (whole) await index.flush(facts.endPosition);
    return whole;
  } finally {
    await segment.reader.close();
    await index.close();
  }
}
