import type { IndexStore, IndexStoreFactory, SegmentIndex } from '../contract/index-store.js';
import type { SegmentFacts } from '../contract/segment-facts.js';

/**
 * No index: every lookup starts at the first frame of the segment. It has nothing to gain from frames that are offered
 * again, so it says that it covers the whole segment.
 */
export function noIndex(): IndexStoreFactory {
  return () => store;
}

const store: IndexStore = {
  name: 'none',
  open: async (segment) => ({ index: firstFrameOf(segment), coveredUpTo: segment.endPosition }),
  remove: async () => undefined,
};

function firstFrameOf({ firstPosition }: SegmentFacts): SegmentIndex {
  return {
    append: () => undefined,
    floor: () => firstPosition,
    floorByTime: () => firstPosition,
    truncateAfter: () => undefined,
    flush: async () => undefined,
    close: async () => undefined,
  };
}
