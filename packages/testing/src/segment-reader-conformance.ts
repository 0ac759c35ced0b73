import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { expectBytes, expectCode, failureOf, patternBytes } from './expectation.js';
import { type CreateStorage, putFile, readAt, type StorageCheck, storageCheck } from './storage-fixture.js';
import type { SuiteRunner } from './suite-runner.js';

/**
 * The exam of the {@link SegmentReader} that a directory opens, for files that never change again and for files that
 * grow. Wrappers that serve bytes in another way sit it by wrapping any directory.
 */
export function segmentReaderConformance(runner: SuiteRunner, name: string, create: CreateStorage): void {
  const check = storageCheck(runner, create);
  runner.describe(`SegmentReader: ${name}`, () => {
    for (const sealed of [true, false]) {
      runner.describe(sealed ? 'of a sealed file' : 'of an active file', () => {
        rangeCases(check, sealed);
        viewCases(check, sealed);
        lifeCases(check, sealed);
      });
    }
    runner.describe('beside a writer', () => growthCases(check));
  });
}

/** Longer than what any implementation is expected to read in one step. */
const LONG_BYTES = 700_001;

function rangeCases(check: StorageCheck, sealed: boolean): void {
  check('any range is read, and short only at the written end', async (directory) => {
    const content = patternBytes(LONG_BYTES);
    await putFile(directory, 'a', content);
    const reader = await directory.openReader('a', { sealed, writtenBytes: () => LONG_BYTES });
    const range = fc.record({ position: fc.nat(LONG_BYTES + 10), length: fc.nat(LONG_BYTES + 10) });
    await fc.assert(
      fc.asyncProperty(range, async ({ position, length }) => {
        expectBytes(await readAt(reader, position, length), content.subarray(position, position + length));
      }),
      { numRuns: 100 },
    );
    await reader.close();
  });

  check('the end is exact: full up to it, one byte before it, empty at it and beyond', async (directory) => {
    const content = patternBytes(1000);
    await putFile(directory, 'a', content);
    const reader = await directory.openReader('a', { sealed, writtenBytes: () => 1000 });
    expectBytes(await readAt(reader, 0, 1000), content);
    expectBytes(await readAt(reader, 999, 1), content.subarray(999));
    expectBytes(await readAt(reader, 999, 100), content.subarray(999));
    expectBytes(await readAt(reader, 500, 0), new Uint8Array(0));
    for (const position of [1000, 1001, 5000, 2 ** 40, Number.MAX_SAFE_INTEGER]) {
      assert.equal((await reader.read(position, new Uint8Array(10))).length, 0, `at ${position}`);
    }
    await reader.close();
  });

  check('bytes that were not written are never returned', async (directory) => {
    const content = patternBytes(1000);
    await putFile(directory, 'a', content);
    const reader = await directory.openReader('a', { sealed, writtenBytes: () => 600 });
    expectBytes(await readAt(reader, 0, 1000), content.subarray(0, 600));
    expectBytes(await readAt(reader, 590, 50), content.subarray(590, 600));
    assert.equal((await reader.read(600, new Uint8Array(10))).length, 0);
    assert.equal((await reader.read(999, new Uint8Array(10))).length, 0);
    await reader.close();
  });

  check('an empty file reads as empty', async (directory) => {
    await putFile(directory, 'a', new Uint8Array(0));
    const reader = await directory.openReader('a', { sealed, writtenBytes: () => 0 });
    for (const position of [0, 1]) {
      assert.equal((await reader.read(position, new Uint8Array(10))).length, 0);
    }
    await reader.close();
  });

  check('a position that is no safe integer is refused', async (directory) => {
    await putFile(directory, 'a', patternBytes(100));
    const reader = await directory.openReader('a', { sealed, writtenBytes: () => 100 });
    const values: readonly unknown[] = [-1, 0.5, Number.NaN, 2 ** 53, 5n, '1'];
    for (const position of values) {
      const error = await failureOf(async () => reader.read(position as number, new Uint8Array(10)));
      assert.ok(error instanceof RangeError || error instanceof TypeError, String(error));
    }
    expectBytes(await readAt(reader, 0, 100), patternBytes(100));
    await reader.close();
  });
}

function viewCases(check: StorageCheck, sealed: boolean): void {
  check('views of overlapping ranges stand side by side, a scratch each', async (directory) => {
    const content = patternBytes(10_000);
    await putFile(directory, 'a', content);
    const reader = await directory.openReader('a', { sealed, writtenBytes: () => 10_000 });
    const first = await reader.read(0, new Uint8Array(6000));
    const second = await reader.read(3000, new Uint8Array(6000));
    expectBytes(first, content.subarray(0, 6000));
    expectBytes(second, content.subarray(3000, 9000));
    await reader.close();
  });

  check('many reads at once do not mix, long ones among them', async (directory) => {
    const content = patternBytes(LONG_BYTES);
    await putFile(directory, 'a', content);
    const reader = await directory.openReader('a', { sealed, writtenBytes: () => LONG_BYTES });
    const jobs = Array.from({ length: 64 }, async (_, at) => {
      const length = at % 8 === 0 ? 400_000 : 1000 + at;
      expectBytes(await readAt(reader, at * 5000, length), content.subarray(at * 5000, at * 5000 + length));
    });
    await Promise.all(jobs);
    await reader.close();
  });

  check('a scratch inside a larger buffer: nothing around it is touched', async (directory) => {
    await putFile(directory, 'a', patternBytes(100));
    const reader = await directory.openReader('a', { sealed, writtenBytes: () => 100 });
    const around = new Uint8Array(300).fill(0xee);
    expectBytes(await reader.read(90, around.subarray(100, 200)), patternBytes(100).subarray(90));
    assert.ok(around.subarray(0, 100).every((byte) => byte === 0xee));
    assert.ok(around.subarray(200).every((byte) => byte === 0xee));
    await reader.close();
  });
}

function lifeCases(check: StorageCheck, sealed: boolean): void {
  check('many readers share a file, and each closes alone', async (directory) => {
    const content = patternBytes(5000);
    await putFile(directory, 'a', content);
    const open = async () => directory.openReader('a', { sealed, writtenBytes: () => 5000 });
    const readers = await Promise.all(Array.from({ length: 50 }, open));
    await Promise.all(readers.slice(1).map(async (reader) => reader.close()));
    const [last] = readers;
    assert.ok(last !== undefined);
    expectBytes(await readAt(last, 1000, 1000), content.subarray(1000, 2000));
    await last.close();
  });

  check('a reader outlives the name of its file', async (directory) => {
    await putFile(directory, 'a', patternBytes(1000));
    const reader = await directory.openReader('a', { sealed, writtenBytes: () => 1000 });
    await directory.remove('a');
    await putFile(directory, 'a', patternBytes(1000, 2));
    expectBytes(await readAt(reader, 0, 2000), patternBytes(1000));
    await reader.close();
  });

  check('after close it answers LOG_CLOSED, as often as it is closed', async (directory) => {
    await putFile(directory, 'a', patternBytes(1000));
    const reader = await directory.openReader('a', { sealed, writtenBytes: () => 1000 });
    await reader.read(0, new Uint8Array(10));
    await reader.close();
    await reader.close();
    await expectCode('LOG_CLOSED', async () => reader.read(0, new Uint8Array(10)));
  });

  check('close waits for reads that are under way', async (directory) => {
    const content = patternBytes(LONG_BYTES);
    await putFile(directory, 'a', content);
    const reader = await directory.openReader('a', { sealed, writtenBytes: () => LONG_BYTES });
    const reads = Array.from({ length: 8 }, async () =>
      Uint8Array.from(await reader.read(0, new Uint8Array(LONG_BYTES))),
    );
    const closed = reader.close();
    for (const bytes of await Promise.all(reads)) expectBytes(bytes, content);
    await closed;
  });
}

function growthCases(check: StorageCheck): void {
  check('what is written shows as soon as it counts as written', async (directory) => {
    const content = patternBytes(200_000);
    const file = await directory.create('a');
    await file.preallocate(300_000);
    let written = 0;
    const reader = await directory.openReader('a', { sealed: false, writtenBytes: () => written });
    for (let end = 10_000; end <= content.length; end += 10_000) {
      await file.write(end - 10_000, [content.subarray(end - 10_000, end)]);
      assert.equal((await reader.read(end - 10_000, new Uint8Array(10))).length, 0);
      written = end;
      expectBytes(await readAt(reader, 0, 300_000), content.subarray(0, end));
    }
    await reader.close();
    await file.close();
  });

  check('reads below the written end are undisturbed by the writer', async (directory) => {
    const content = patternBytes(400_000);
    const file = await directory.create('a');
    let written = 0;
    const writer = { busy: true };
    const reader = await directory.openReader('a', { sealed: false, writtenBytes: () => written });
    const write = async (): Promise<void> => {
      for (let at = 0; at < content.length; at += 4000) {
        await file.write(at, [content.subarray(at, at + 4000)]);
        written = at + 4000;
      }
    };
    const read = async (): Promise<void> => {
      while (writer.busy) {
        const end = written;
        expectBytes(await readAt(reader, 0, end), content.subarray(0, end));
        await new Promise((resolve) => {
          setImmediate(resolve);
        });
      }
    };
    const ended = write().finally(() => {
      writer.busy = false;
    });
    await Promise.all([ended, read()]);
    expectBytes(await readAt(reader, 0, content.length), content);
    await reader.close();
    await file.close();
  });
}
