import type { IndexStoreFactory, StorageDirectory } from '@seglog/core';
import {
  expectRight,
  type FrameShape,
  type IndexCheck,
  IndexedSegment,
  openIndex,
} from './index-store-fixture.js';
import { CrashedError } from './simulated/run-to-end.js';
import { SimulatedDisk } from './simulated/simulated-disk.js';

/** A life of a log in which the medium lies: frames that were synced are gone, and others take their place. */
const LIFE: readonly ((root: StorageDirectory, life: Life) => Promise<void>)[] = [
  async (root, { factory, segment }) => {
    segment.grow(shapes(1, 9));
    const index = await openIndex(factory(root), segment);
    await index.flush(segment.endPosition);
    await index.close();
  },
  async (root, { factory, segment }) => {
    await root.sync();
    segment.cut(4);
    const index = await openIndex(factory(root), segment);
    const from = segment.endPosition;
    segment.grow(shapes(2, 8));
    segment.offer(index, from);
    await index.flush(segment.endPosition);
    await index.close();
  },
  async (root, { factory, segment }) => {
    const index = await openIndex(factory(root), segment);
    await root.sync();
    segment.cut(6);
    const from = segment.endPosition;
    index.truncateAfter(from);
    await index.close();
    segment.grow(shapes(3, 7));
    segment.offer(index, from);
    await index.flush(segment.endPosition);
  },
  async (root, { factory, segment }) => {
    await factory(root).remove(segment.facts());
    await openIndex(factory(root), segment, true);
  },
];

interface Life {
  readonly factory: IndexStoreFactory;
  readonly segment: IndexedSegment;
}

/** Power may fail at any call, and keep any part of what was not synced: answers stay right. */
export function indexCrashCases(check: IndexCheck): void {
  check('a crash at any call, whatever it leaves of the files', async ({ factory }) => {
    for (let at = 0; await crashAt(at, factory); at += 1);
  });
}

/** False when the life ended before that call. */
async function crashAt(at: number, factory: IndexStoreFactory): Promise<boolean> {
  const disk = new SimulatedDisk({ seed: 1 });
  const life = { factory, segment: new IndexedSegment() };
  disk.crashAt(at);
  try {
    await disk.run(async () => {
      for (const part of LIFE) await part(disk.root, life);
    });
    return false;
  } catch (error) {
    if (!(error instanceof CrashedError)) throw error;
  }
  for (const survivor of disk.survivors('strict')) {
    const found = survivor.disk();
    await found.run(() => expectRightIn(found.root, life));
    await crashAgain(survivor.disk(), life);
  }
  return true;
}

/** What a process left in the cache when it was killed may be taken by a power cut after the log has gone on. */
async function crashAgain(disk: SimulatedDisk, { factory, segment }: Life): Promise<void> {
  const life = { factory, segment: segment.copy() };
  await disk.run(() => openIndex(factory(disk.root), life.segment));
  life.segment.grow(shapes(4, 8));
  for (const profile of ['none', 'drop-one'] as const) {
    for (const survivor of disk.survivors(profile)) {
      const found = survivor.disk();
      await found.run(() => expectRightIn(found.root, life));
    }
  }
}

async function expectRightIn(root: StorageDirectory, { factory, segment }: Life): Promise<void> {
  for (const sealed of [true, false]) {
    const index = await openIndex(factory(root), segment, sealed);
    await expectRight(index, segment);
    await index.close();
  }
}

/** Frames of another `kind` have other lengths, so that an index of the ones is wrong for the others. */
function shapes(kind: number, count: number): readonly FrameShape[] {
  return Array.from({ length: count }, (_, at) => ({
    bytes: 300 + ((at * 71 + kind * 53) % 401),
    gap: at % 2,
    count: 1 + (at % 4),
    maxTimestampMs: (at * 29 + kind) % 13,
  }));
}
