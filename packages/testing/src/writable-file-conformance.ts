import assert from 'node:assert/strict';
import type { StorageDirectory, WritableFile } from '@seglog/core';
import { expectBytes, expectCode, failureOf, patternBytes } from './expectation.js';
import { contentOf, type StorageCheck } from './storage-fixture.js';

/** The part of the directory's exam that is about one file being written. */
export function writableFileCases(check: StorageCheck): void {
  writeCases(check);
  refusalCases(check);
  sizeCases(check);
  lifeCases(check);
}

const NO_POSITIONS: readonly unknown[] = [
  -1,
  0.5,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  2 ** 53,
  5n,
  '1',
  undefined,
];

async function withFile(
  directory: StorageDirectory,
  content: Uint8Array,
  use: (file: WritableFile) => Promise<void> | undefined,
): Promise<void> {
  const file = await directory.create('a');
  await file.write(0, [content]);
  await use(file);
  await file.close();
}

function writeCases(check: StorageCheck): void {
  check('chunks are written one after the other', async (directory) => {
    const all = patternBytes(3000);
    await withFile(directory, all.subarray(0, 1000), async (file) => {
      await file.write(1000, [all.subarray(1000, 1001), new Uint8Array(0), all.subarray(1001)]);
      assert.equal(file.sizeBytes, 3000);
    });
    expectBytes(await contentOf(directory, 'a'), all);
  });

  check('thousands of chunks go in one write', async (directory) => {
    const all = patternBytes(5000 * 3);
    const chunks = Array.from({ length: 5000 }, (_, at) => all.subarray(at * 3, at * 3 + 3));
    await withFile(directory, patternBytes(10, 9), (file) => file.write(5, chunks));
    const written = await contentOf(directory, 'a');
    expectBytes(written.subarray(0, 5), patternBytes(10, 9).subarray(0, 5));
    expectBytes(written.subarray(5), all);
  });

  check('chunks of megabytes are written whole', async (directory) => {
    const all = patternBytes(3_000_001);
    await withFile(directory, all.subarray(0, 1), (file) =>
      file.write(1, [all.subarray(1, 1_500_000), all.subarray(1_500_000)]),
    );
    expectBytes(await contentOf(directory, 'a'), all);
  });

  check('a write changes its range and nothing beside it', async (directory) => {
    const expected = patternBytes(500);
    await withFile(directory, expected, (file) => file.write(100, [patternBytes(50, 2)]));
    expected.set(patternBytes(50, 2), 100);
    expectBytes(await contentOf(directory, 'a'), expected);
  });

  check('a gap between the end and a write reads as zeros', async (directory) => {
    await withFile(directory, patternBytes(10), (file) => file.write(5000, [patternBytes(10)]));
    const expected = new Uint8Array(5010);
    expected.set(patternBytes(10), 0);
    expected.set(patternBytes(10), 5000);
    expectBytes(await contentOf(directory, 'a'), expected);
  });

  check('an empty write does nothing, wherever it is', async (directory) => {
    await withFile(directory, patternBytes(10), async (file) => {
      await file.write(100, []);
      await file.write(100, [new Uint8Array(0), new Uint8Array(0)]);
      assert.equal(file.sizeBytes, 10);
    });
    assert.equal(await directory.sizeOf('a'), 10);
  });

  check('chunks are only borrowed: they are not changed, and may be reused', async (directory) => {
    const chunk = patternBytes(100);
    await withFile(directory, chunk, async (file) => {
      expectBytes(chunk, patternBytes(100));
      chunk.fill(7);
      await file.write(100, [chunk]);
    });
    const written = await contentOf(directory, 'a');
    expectBytes(written.subarray(0, 100), patternBytes(100));
  });

  check('writes at distinct ranges run at once, with syncs among them', async (directory) => {
    const all = patternBytes(64 * 1024);
    const file = await directory.create('a');
    const jobs = Array.from({ length: 64 }, async (_, at) => {
      await file.write(at * 1024, [all.subarray(at * 1024, at * 1024 + 1024)]);
      if (at % 8 === 0) await file.sync();
    });
    await Promise.all(jobs);
    assert.equal(file.sizeBytes, all.length);
    await file.close();
    expectBytes(await contentOf(directory, 'a'), all);
  });
}

function refusalCases(check: StorageCheck): void {
  check(
    'a position or size that is no safe integer is refused, and nothing is written',
    async (directory) => {
      await withFile(directory, patternBytes(10), async (file) => {
        for (const value of NO_POSITIONS) {
          const position = value as number;
          await expectMistake(() => file.write(position, [patternBytes(5, 2)]));
          await expectMistake(() => file.truncate(position));
          await expectMistake(() => file.preallocate(position));
        }
        assert.equal(file.sizeBytes, 10);
      });
      expectBytes(await contentOf(directory, 'a'), patternBytes(10));
    },
  );

  check('a write that would end beyond the safe integers is refused', async (directory) => {
    await withFile(directory, patternBytes(10), async (file) => {
      await expectMistake(() => file.write(Number.MAX_SAFE_INTEGER - 1, [patternBytes(5)]));
    });
    expectBytes(await contentOf(directory, 'a'), patternBytes(10));
  });
}

async function expectMistake(action: () => unknown): Promise<void> {
  const error = await failureOf(action);
  assert.ok(error instanceof RangeError || error instanceof TypeError, `a mistake, got ${String(error)}`);
}

function sizeCases(check: StorageCheck): void {
  check('truncate cuts, and what grows again is zeros', async (directory) => {
    await withFile(directory, patternBytes(1000), async (file) => {
      await file.truncate(400);
      assert.equal(file.sizeBytes, 400);
      assert.equal(await directory.sizeOf('a'), 400);
      await file.truncate(900);
      await file.write(950, [patternBytes(10, 2)]);
    });
    const expected = new Uint8Array(960);
    expected.set(patternBytes(1000).subarray(0, 400));
    expected.set(patternBytes(10, 2), 950);
    expectBytes(await contentOf(directory, 'a'), expected);
  });

  check('preallocate adds zeros or nothing, and changes no written byte', async (directory) => {
    await withFile(directory, patternBytes(1000), async (file) => {
      await file.preallocate(200_000);
      const sizeBytes = file.sizeBytes;
      assert.ok(sizeBytes === 1000 || sizeBytes === 200_000, `size ${sizeBytes}`);
      assert.equal(await directory.sizeOf('a'), sizeBytes);
      await file.preallocate(10);
      assert.equal(file.sizeBytes, sizeBytes);
      await file.write(1000, [patternBytes(500, 2)]);
    });
    const written = await contentOf(directory, 'a');
    expectBytes(written.subarray(0, 1000), patternBytes(1000));
    expectBytes(written.subarray(1000, 1500), patternBytes(500, 2));
    assert.ok(written.subarray(1500).every((byte) => byte === 0));
  });

  check('an empty file can be cut, grown and synced', async (directory) => {
    const file = await directory.create('a');
    await file.truncate(0);
    await file.sync();
    await file.truncate(3);
    await file.sync();
    assert.equal(file.sizeBytes, 3);
    await file.close();
    expectBytes(await contentOf(directory, 'a'), new Uint8Array(3));
  });
}

function lifeCases(check: StorageCheck): void {
  check('a file is opened again where it was left', async (directory) => {
    await withFile(directory, patternBytes(10), (file) => file.sync());
    const again = await directory.open('a');
    assert.equal(again.sizeBytes, 10);
    await again.write(10, [patternBytes(10, 2)]);
    await again.sync();
    await again.close();
    expectBytes((await contentOf(directory, 'a')).subarray(10), patternBytes(10, 2));
  });

  check('after close every method answers LOG_CLOSED', async (directory) => {
    const file = await directory.create('a');
    await file.close();
    await file.close();
    await expectCode('LOG_CLOSED', () => file.write(0, [patternBytes(1)]));
    await expectCode('LOG_CLOSED', () => file.truncate(5));
    await expectCode('LOG_CLOSED', () => file.preallocate(5));
    await expectCode('LOG_CLOSED', () => file.sync());
    assert.equal(await directory.sizeOf('a'), 0);
  });
}
