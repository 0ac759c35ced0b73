import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MemoryDirectory, SeglogError, type StorageDirectory } from '../../src/index.js';
import { prepareCurrent, swapCurrent } from '../../src/journal/current-file.js';
import { Journal } from '../../src/journal/journal.js';
import { JournalFile } from '../../src/journal/journal-file.js';
import type { JournalOptions } from '../../src/journal/journal-options.js';
import type { JsonValue } from '../../src/journal/json-value.js';
import { checksum, fileBytes, putFile, seededRandom, snapshot } from './parts.js';

const options = (seed = 1): JournalOptions => ({ prefix: 'MANIFEST', checksum, random: seededRandom(seed) });
const place = { prefix: 'MANIFEST', checksum };

async function editsOf(directory: StorageDirectory): Promise<unknown[]> {
  const { journal, edits } = await Journal.open(directory, options(99));
  await journal.close();
  return edits.flat();
}

const readEdits = async (directory: StorageDirectory): Promise<unknown[]> =>
  (await Journal.open(directory, { ...options(98), readOnly: true })).edits.flat();

/** A journal with three acknowledged appends and the mark behind them. */
async function threeEdits(): Promise<MemoryDirectory> {
  const directory = new MemoryDirectory();
  const journal = await Journal.create(directory, options(), [{ first: true }]);
  await journal.append([{ edit: 1 }]);
  await journal.append([{ edit: 2 }, { edit: '2b' }]);
  await journal.append([{ edit: 3 }]);
  await journal.close();
  return directory;
}
const THREE = [{ first: true }, { edit: 1 }, { edit: 2 }, { edit: '2b' }, { edit: 3 }];
const MARK_BYTES = 40;

async function copyOf(
  directory: StorageDirectory,
  change: (name: string, bytes: Uint8Array) => Uint8Array | undefined,
) {
  const copy = new MemoryDirectory();
  for (const [name, bytes] of await snapshot(directory)) {
    const changed = change(name, bytes.slice());
    if (changed !== undefined) await putFile(copy, name, changed);
  }
  return copy;
}

describe('Journal', () => {
  test('gives back every append, one array each, in order', async () => {
    const directory = await threeEdits();
    const { journal, edits, tornBytes } = await Journal.open(directory, options(2));
    expect(edits).toEqual([[{ first: true }], [{ edit: 1 }], [{ edit: 2 }, { edit: '2b' }], [{ edit: 3 }]]);
    expect(tornBytes).toBe(0);
    await journal.close();
  });

  test('is found by exists only once its creation has finished', async () => {
    const directory = new MemoryDirectory();
    expect(await Journal.exists(directory, place)).toBe(false);
    await Journal.create(directory, options(), []);
    expect(await Journal.exists(directory, place)).toBe(true);
    await expect(Journal.create(directory, options(), [])).rejects.toMatchObject({ code: 'STORAGE' });
  });

  test('keeps the order of concurrent appends', async () => {
    const directory = new MemoryDirectory();
    const journal = await Journal.create(directory, options(), []);
    const numbers = Array.from({ length: 50 }, (_, index) => index);
    await Promise.all(numbers.map((number) => journal.append([number], { sync: number % 3 === 0 })));
    await journal.close();
    expect(await editsOf(directory)).toEqual(numbers);
  });

  test('is rewritten to a snapshot in one step, and goes on from there', async () => {
    const directory = new MemoryDirectory();
    const journal = await Journal.create(directory, options(), []);
    while (!journal.wantsRewrite) await journal.append(['x'.repeat(1000)]);
    await journal.rewrite(['snapshot']);
    expect(journal.wantsRewrite).toBe(false);
    await journal.append(['after']);
    await journal.close();
    expect((await directory.list()).map(({ name }) => name).toSorted()).toEqual(['CURRENT', 'MANIFEST-2']);
    expect(await editsOf(directory)).toEqual(['snapshot', 'after']);
  });

  test('spreads a snapshot that is larger than a frame over several frames', async () => {
    const directory = new MemoryDirectory();
    const small = { ...options(), maxFrameBytes: 4096 };
    const edits = Array.from({ length: 200 }, (_, index) => `${index}-${'y'.repeat(200)}`);
    const journal = await Journal.create(directory, small, edits);
    await journal.close();
    const opened = await Journal.open(directory, small);
    expect(opened.edits.flat()).toEqual(edits);
    await expect(opened.journal.append(['z'.repeat(5000)])).rejects.toMatchObject({
      code: 'RECORD_TOO_LARGE',
    });
    await opened.journal.append(['small']);
    await opened.journal.close();
  });

  test('read-only changes no byte and refuses appends', async () => {
    const directory = await threeEdits();
    const torn = await copyOf(directory, (name, bytes) =>
      name === 'CURRENT' ? bytes : bytes.slice(0, bytes.length - 50),
    );
    await putFile(torn, 'MANIFEST-7', new Uint8Array(3));
    const before = await snapshot(torn);
    const { journal, edits, tornBytes } = await Journal.open(torn, { ...options(3), readOnly: true });
    expect(edits.flat()).toEqual(THREE.slice(0, 4));
    expect(tornBytes).toBeGreaterThan(0);
    await expect(journal.append(['no'])).rejects.toMatchObject({ code: 'READ_ONLY' });
    await journal.close();
    expect(await snapshot(torn)).toEqual(before);
  });

  test('refuses calls after close', async () => {
    const journal = await Journal.create(new MemoryDirectory(), options(), []);
    await journal.close();
    await journal.close();
    await expect(journal.append([1])).rejects.toMatchObject({ code: 'LOG_CLOSED' });
  });

  test('any sequence of appends, rewrites and reopens equals a plain list', async () => {
    const step = fc.oneof(
      fc.record({
        kind: fc.constant('append' as const),
        edits: fc.array(fc.jsonValue(), { maxLength: 3 }),
        sync: fc.boolean(),
      }),
      fc.record({ kind: fc.constant('rewrite' as const) }),
      fc.record({ kind: fc.constant('reopen' as const) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
        const directory = new MemoryDirectory();
        let journal = await Journal.create(directory, options(), []);
        let model: JsonValue[] = [];
        for (const [index, one] of steps.entries()) {
          if (one.kind === 'append') {
            const edits = JSON.parse(JSON.stringify(one.edits)) as JsonValue[];
            await journal.append(edits, { sync: one.sync });
            model = [...model, ...edits];
          } else if (one.kind === 'rewrite') {
            model = [model];
            await journal.rewrite(model);
          } else {
            await journal.close();
            const opened = await Journal.open(directory, options(index + 2));
            expect(opened.edits.flat()).toEqual(model);
            journal = opened.journal;
          }
        }
        await journal.close();
        expect(await editsOf(directory)).toEqual(model);
      }),
      { numRuns: 100 },
    );
  });
});

describe('a damaged journal', () => {
  test('with any single bit flipped gives the same edits or says that it is corrupt', async () => {
    const directory = await threeEdits();
    let corrupt = 0;
    for (const name of ['MANIFEST-1', 'CURRENT']) {
      const { length } = await fileBytes(directory, name);
      for (let bit = 0; bit < length * 8; bit += 1) {
        const damaged = await copyOf(directory, (file, bytes) => {
          if (file === name) bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
          return bytes;
        });
        const before = await snapshot(damaged);
        try {
          expect(await editsOf(damaged)).toEqual(THREE);
        } catch (error) {
          if (!SeglogError.is(error, 'CORRUPT_METADATA') && !SeglogError.is(error, 'UNSUPPORTED_FORMAT'))
            throw error;
          expect(await snapshot(damaged)).toEqual(before);
          corrupt += 1;
        }
      }
    }
    const journalBytes = (await fileBytes(directory, 'MANIFEST-1')).length;
    const markBits = MARK_BYTES * 8;
    const currentBits = (await fileBytes(directory, 'CURRENT')).length * 8;
    // Every flip outside the last mark is noticed, but for the three marks before it, which the edits behind them replace.
    expect(corrupt).toBe(journalBytes * 8 + currentBits - 4 * markBits);
  });

  test('cut anywhere gives whole appends, and never fewer than a mark that is left proves', async () => {
    const directory = await threeEdits();
    const whole = await fileBytes(directory, 'MANIFEST-1');
    let previous = 0;
    for (let length = 0; length <= whole.length; length += 1) {
      const cut = await copyOf(directory, (name, bytes) =>
        name === 'CURRENT' ? bytes : bytes.slice(0, length),
      );
      try {
        const edits = await editsOf(cut);
        expect(edits).toEqual(THREE.slice(0, edits.length));
        expect(edits.length).toBeGreaterThanOrEqual(previous);
        previous = edits.length;
        expect(await editsOf(cut)).toEqual(edits);
      } catch (error) {
        // What the file was named with was durable: without it, nothing is served.
        expect(previous).toBe(0);
        expect(error).toMatchObject({ code: 'CORRUPT_METADATA' });
      }
    }
    expect(previous).toBe(THREE.length);
  });

  test('an append after a torn tail is found, and bytes of the torn past never come back', async () => {
    const directory = await threeEdits();
    const whole = await fileBytes(directory, 'MANIFEST-1');
    const lastEdit = whole.length - 2 * MARK_BYTES - JSON.stringify([{ edit: 3 }]).length;
    for (let length = lastEdit; length <= whole.length; length += 1) {
      const cut = await copyOf(directory, (name, bytes) =>
        name === 'CURRENT' ? bytes : bytes.slice(0, length),
      );
      const { journal, edits } = await Journal.open(cut, options(5));
      await journal.append([{ edit: 'new' }]);
      await journal.close();
      expect(await editsOf(cut)).toEqual([...edits.flat(), { edit: 'new' }]);
    }
  });

  test('a lost mark between durable edits costs nothing', async () => {
    const directory = await threeEdits();
    const firstMark = 64 + 40 + JSON.stringify([{ first: true }]).length;
    const blanked = await copyOf(directory, (name, bytes) => {
      if (name !== 'CURRENT') bytes.fill(0, firstMark, firstMark + MARK_BYTES);
      return bytes;
    });
    expect(await editsOf(blanked)).toEqual(THREE);
  });

  test.each(['zeros', 'garbage'])('%s behind the last frame are a torn tail', async (kind) => {
    const directory = await threeEdits();
    const random = seededRandom(4);
    const tail =
      kind === 'zeros'
        ? new Uint8Array(5000)
        : Uint8Array.from({ length: 5000 }, () => random.bytes(1)[0] ?? 0);
    const long = await copyOf(directory, (name, bytes) =>
      name === 'CURRENT' ? bytes : Uint8Array.from([...bytes, ...tail]),
    );
    const { journal, edits, tornBytes } = await Journal.open(long, options(6));
    await journal.close();
    expect(edits.flat()).toEqual(THREE);
    expect(tornBytes).toBe(5000);
  });

  test('a CURRENT that is missing or names a missing file is never an empty journal', async () => {
    const directory = await threeEdits();
    const withoutCurrent = await copyOf(directory, (name, bytes) => (name === 'CURRENT' ? undefined : bytes));
    await expect(Journal.exists(withoutCurrent, place)).rejects.toMatchObject({ code: 'CORRUPT_METADATA' });
    await expect(Journal.open(withoutCurrent, options())).rejects.toMatchObject({ code: 'CORRUPT_METADATA' });
    await expect(Journal.create(withoutCurrent, options(), [])).rejects.toMatchObject({
      code: 'CORRUPT_METADATA',
    });
    const withoutFile = await copyOf(directory, (name, bytes) => (name === 'CURRENT' ? bytes : undefined));
    await expect(Journal.open(withoutFile, options())).rejects.toMatchObject({
      code: 'CORRUPT_METADATA',
      facts: { file: 'MANIFEST-1' },
    });
  });

  test('another journal under the name of the right one is refused', async () => {
    const directory = await threeEdits();
    const other = new MemoryDirectory();
    await (await Journal.create(other, options(77), ['other'])).close();
    await putFile(directory, 'MANIFEST-1', await fileBytes(other, 'MANIFEST-1'));
    await expect(Journal.open(directory, options())).rejects.toMatchObject({ code: 'CORRUPT_METADATA' });
  });

  test('a newer version is refused', async () => {
    const directory = await threeEdits();
    const newer = await copyOf(directory, (name, bytes) => {
      if (name !== 'CURRENT') bytes[9] = 2;
      return bytes;
    });
    await expect(Journal.open(newer, options())).rejects.toMatchObject({ code: 'UNSUPPORTED_FORMAT' });
  });

  test.each(['{"no":"list"}', '"text"', '[not JSON', '\xff'])(
    'an edit that is no list of JSON is refused: %s',
    async (payload) => {
      const directory = new MemoryDirectory();
      const payloads = [Buffer.from(payload, 'latin1')];
      const plan = { prefix: 'MANIFEST', number: 1, firstSequence: 1, payloads };
      const file = await JournalFile.create(directory, { checksum, random: seededRandom(1) }, plan);
      await prepareCurrent(directory, file.current, checksum);
      await swapCurrent(directory);
      await file.close();
      await expect(Journal.open(directory, options())).rejects.toMatchObject({ code: 'CORRUPT_METADATA' });
    },
  );

  test('leftovers of a rewrite that never finished are removed, and other files stay', async () => {
    const directory = await threeEdits();
    await putFile(directory, 'MANIFEST-2', new Uint8Array(100));
    await putFile(directory, 'CURRENT.tmp', new Uint8Array(10));
    await putFile(directory, 'MANIFEST-old', new Uint8Array(10));
    const { journal, removed } = await Journal.open(directory, options(3));
    await journal.close();
    expect([...removed].toSorted()).toEqual(['CURRENT.tmp', 'MANIFEST-2']);
    expect((await directory.list()).map(({ name }) => name).toSorted()).toEqual([
      'CURRENT',
      'MANIFEST-1',
      'MANIFEST-old',
    ]);
    expect(await readEdits(directory)).toEqual(THREE);
  });
});

/** Calls `meanwhile` before it tells how long the file `name` is. */
function disturbed(
  directory: StorageDirectory,
  name: RegExp,
  meanwhile: () => Promise<unknown>,
): StorageDirectory {
  return Object.assign(Object.create(directory), {
    sizeOf: async (file: string) => {
      if (name.test(file)) await meanwhile();
      return directory.sizeOf(file);
    },
    list: () => directory.list(),
    openReader: (...given: Parameters<StorageDirectory['openReader']>) => directory.openReader(...given),
  });
}

describe('a reader beside a live writer', () => {
  test('follows a writer that replaces the file under it', async () => {
    const directory = new MemoryDirectory();
    const writer = await Journal.create(directory, options(), ['old']);
    let rewrites = 0;
    const beside = disturbed(directory, /^MANIFEST-/, async () => {
      rewrites += 1;
      if (rewrites <= 3) await writer.rewrite([`snapshot ${rewrites}`]);
    });
    expect(await readEdits(beside)).toEqual(['snapshot 3']);
    await writer.close();
  });

  test('gives up when it is outrun again and again', async () => {
    const directory = new MemoryDirectory();
    const writer = await Journal.create(directory, options(), ['old']);
    const beside = disturbed(directory, /^MANIFEST-/, () => writer.rewrite(['new']));
    await expect(readEdits(beside)).rejects.toMatchObject({ code: 'CORRUPT_METADATA' });
    await writer.close();
  });

  test('takes a leftover that goes while it looks for no trace of a lost journal', async () => {
    const directory = await threeEdits();
    await directory.remove('CURRENT');
    const beside = disturbed(directory, /^MANIFEST-/, () => directory.remove('MANIFEST-1'));
    expect(await Journal.exists(beside, place)).toBe(false);
  });
});
