import assert from 'node:assert/strict';
import { type IndexStore, SeglogError, type StorageDirectory } from '@seglog/core';
import { type FailingCall, failingDirectory } from './failing-directory.js';
import {
  expectRight,
  type FrameShape,
  type IndexCheck,
  IndexedSegment,
  type IndexStoreFixture,
  type IndexStoreSupports,
} from './index-store-fixture.js';
import { contentOf, putFile } from './storage-fixture.js';

/** Files may vanish, rot, be swapped or come from an older backup: answers stay right. */
export function indexDamageCases(check: IndexCheck, supports: IndexStoreSupports): void {
  if (!supports.files) {
    check('there is no file that could be damaged', async (fixture) => {
      const segment = segmentOf(1, 30);
      await flushed(fixture, segment);
      assert.deepEqual(await fixture.directory.list(), []);
    });
    return;
  }
  rotCases(check);
  lengthCases(check);
  swapCases(check);
  leftoverCases(check);
}

function rotCases(check: IndexCheck): void {
  check('any damaged byte', async (fixture) => {
    const segment = segmentOf(1, 12);
    for (const { name, content } of await flushed(fixture, segment)) {
      for (let at = 0; at < content.length; at += 1) {
        for (const flip of [1, 0x80, 0xff]) {
          const damaged = content.slice();
          damaged[at] = (damaged[at] as number) ^ flip;
          await replaceFile(fixture.directory, name, damaged);
          await expectRightAgain(fixture, segment);
        }
      }
    }
  });

  check('zeros, and bytes of something else', async (fixture) => {
    const segment = segmentOf(1, 12);
    for (const { name, content } of await flushed(fixture, segment)) {
      for (const bytes of [new Uint8Array(content.length), new Uint8Array(content.length).fill(0x61)]) {
        await replaceFile(fixture.directory, name, bytes);
        await expectRightAgain(fixture, segment);
      }
    }
  });
}

function lengthCases(check: IndexCheck): void {
  check('a file cut anywhere', async (fixture) => {
    const segment = segmentOf(1, 12);
    for (const { name, content } of await flushed(fixture, segment)) {
      for (let length = 0; length < content.length; length += 1) {
        await replaceFile(fixture.directory, name, content.slice(0, length));
        await expectRightAgain(fixture, segment);
      }
    }
  });

  check('a file with more behind it, and a file that is far too long', async (fixture) => {
    const segment = segmentOf(1, 12);
    for (const { name, content } of await flushed(fixture, segment)) {
      for (const more of [1, 4, 24, content.length, 40 * 1024 ** 2]) {
        const longer = new Uint8Array(content.length + more);
        longer.set(content);
        await replaceFile(fixture.directory, name, longer);
        await expectRightAgain(fixture, segment);
      }
    }
  });

  check('a file that is gone', async (fixture) => {
    const segment = segmentOf(1, 12);
    for (const { name } of await flushed(fixture, segment)) {
      await fixture.directory.remove(name);
      await expectRightAgain(fixture, segment);
    }
  });
}

function swapCases(check: IndexCheck): void {
  check('files that changed places', async (fixture) => {
    const [one, two] = [segmentOf(1, 12), segmentOf(2, 20)];
    const before = await flushed(fixture, one);
    const after = await flushed(fixture, two);
    const added = after.filter(({ name }) => !before.some((file) => file.name === name));
    const pairs = before.flatMap((first) => added.map((second) => ({ first, second })));
    for (const { first, second } of pairs) {
      await replaceFile(fixture.directory, first.name, second.content);
      await replaceFile(fixture.directory, second.name, first.content);
      await expectRightAgain(fixture, one, two);
      await replaceFile(fixture.directory, first.name, first.content);
      await replaceFile(fixture.directory, second.name, second.content);
    }
  });

  check('files of an older backup', async (fixture) => {
    const segment = segmentOf(1, 12);
    const old = await flushed(fixture, segment);
    segment.grow(shapes(1, 12));
    await flushed(fixture, segment);
    for (const { name, content } of old) await replaceFile(fixture.directory, name, content);
    await expectRightAgain(fixture, segment);
  });

  check('files of a segment that is replaced by one with the same base offset', async (fixture) => {
    const [old, replacement] = [segmentOf(1, 20), segmentOf(2, 9)];
    const before = await flushed(fixture, old);
    const after = await flushed(fixture, replacement);
    const added = after.filter(({ name }) => !before.some((file) => file.name === name));
    for (const { name } of added) {
      for (const { content } of before) {
        await replaceFile(fixture.directory, name, content);
        await expectRightAgain(fixture, replacement);
      }
    }
  });
}

function leftoverCases(check: IndexCheck): void {
  check('whatever a failed flush leaves behind, the next one works', async (fixture) => {
    const calls: readonly FailingCall[] = ['create', 'write', 'rename', 'remove', 'sync'];
    for (const [at, call] of calls.entries()) {
      const segment = segmentOf(at + 1, 12);
      await flushOnFailing(fixture.factory(failingDirectory(fixture.directory, call)), segment);
      await expectRightAgain(fixture, segment);
      await flushed(fixture, segment);
      await expectRightAgain(fixture, segment);
    }
  });
}

/** Every call may reject with `STORAGE` and with nothing else; what the index answers is right all the same. */
async function flushOnFailing(store: IndexStore, segment: IndexedSegment): Promise<void> {
  try {
    const { index, coveredUpTo } = await store.open(segment.facts());
    segment.offer(index, coveredUpTo);
    await expectRight(index, segment);
    try {
      await index.flush(segment.endPosition);
    } finally {
      await index.close();
    }
  } catch (error) {
    if (!SeglogError.is(error, 'STORAGE')) throw error;
  }
}

/** Frames of another `id` have other lengths, so that an index of the one is wrong for the other. */
const shapes = (id: number, count: number): readonly FrameShape[] =>
  Array.from({ length: count }, (_, at) => ({
    bytes: 200 + ((at * 97 + id * 41) % 331),
    gap: at % 3,
    count: 1 + (at % 5),
    maxTimestampMs: (at * 31) % 17,
  }));

function segmentOf(id: number, frames: number): IndexedSegment {
  const segment = new IndexedSegment({ id });
  segment.grow(shapes(id, frames));
  return segment;
}

/** Indexes the segment, flushes, and returns the files that the store has now. */
async function flushed(
  { directory, factory }: IndexStoreFixture,
  segment: IndexedSegment,
): Promise<{ name: string; content: Uint8Array }[]> {
  const { index, coveredUpTo } = await factory(directory).open(segment.facts());
  segment.offer(index, coveredUpTo);
  await index.flush(segment.endPosition);
  await index.close();
  const files = (await directory.list()).filter(({ kind }) => kind === 'file');
  return Promise.all(files.map(async ({ name }) => ({ name, content: await contentOf(directory, name) })));
}

/** Opens the segments as sealed ones, whose files are left as they are, and then as growing ones. */
async function expectRightAgain(
  { directory, factory }: IndexStoreFixture,
  ...segments: readonly IndexedSegment[]
): Promise<void> {
  for (const sealed of [true, false]) {
    for (const segment of segments) {
      const { index, coveredUpTo } = await factory(directory).open(segment.facts(sealed));
      assert.ok(coveredUpTo <= segment.endPosition);
      segment.offer(index, coveredUpTo);
      await expectRight(index, segment);
      await index.close();
    }
  }
}

async function replaceFile(directory: StorageDirectory, name: string, content: Uint8Array): Promise<void> {
  await directory.remove(name);
  await putFile(directory, name, content);
}
