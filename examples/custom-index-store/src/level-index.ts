import type { ClassicLevel } from 'classic-level';
import {
  type IndexStore,
  type IndexStoreFactory,
  SeglogError,
  type SegmentFacts,
  type SegmentName,
} from 'seglog';
import { GrowingIndex, type IndexPlace } from './growing-index.js';
import { SegmentKeys } from './segment-keys.js';
import { StoredIndex } from './stored-index.js';

export type IndexDatabase = ClassicLevel;
type OpenIndex = Awaited<ReturnType<IndexStore['open']>>;

/**
 * Indexes of all partitions in one LevelDB, which the caller opens before the engine and closes after it. Segment ids are
 * unique, so nobody needs a directory. Sealed segments are looked up in the database; the index of one that still grows is
 * in memory until the log says `flush`.
 */
export function levelIndex(database: IndexDatabase): IndexStoreFactory {
  return (): IndexStore => ({
    name: 'level',
    open: (segment) => asStorage('open', () => open(database, segment)),
    remove: ({ id }: SegmentName) => asStorage('remove', () => new SegmentKeys(id).forget(database)),
  });
}

async function open(database: IndexDatabase, segment: SegmentFacts): Promise<OpenIndex> {
  const { firstPosition, endPosition, sealed } = segment;
  const keys = new SegmentKeys(segment.id);
  const kept = Number((await database.get(keys.covered)) ?? -1);
  const believed = kept >= firstPosition && kept <= endPosition;
  if (believed && sealed && kept === endPosition) {
    return { index: new StoredIndex(database, keys, firstPosition), coveredUpTo: kept };
  }
  // Frames that it describes are gone, and others may grow in their place: it must not be found again then.
  if (kept !== -1 && !believed) await keys.forget(database);
  const coveredUpTo = believed ? kept : firstPosition;
  const content = { firstPosition, coveredUpTo, entries: believed ? await keys.entries(database) : [] };
  return { index: new GrowingIndex(content, placeOf(database, keys)), coveredUpTo };
}

function placeOf(database: IndexDatabase, keys: SegmentKeys): IndexPlace {
  return {
    keep: (coveredUpTo, entries) => asStorage('flush', () => keys.keep(database, { coveredUpTo, entries })),
    forget: () => asStorage('forget', () => keys.forget(database)),
  };
}

/** The contract of an index store: whatever fails, fails as `STORAGE`. */
async function asStorage<T>(call: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new SeglogError('STORAGE', 'the index database failed', { call }, { cause });
  }
}
