import { createHash } from 'node:crypto';
import {
  MemoryDirectory,
  SeglogError,
  type SegmentReader,
  type StorageDirectory,
  type WritableFile,
} from '@seglog/core';
import { expectCode, patternBytes, putFile } from '@seglog/testing';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRoot } from './temporary-root.js';

/** One disk as the operations see it. At most one file is open for writing: nobody shares a writer. */
interface Side {
  readonly root: StorageDirectory;
  child: StorageDirectory | undefined;
  file: WritableFile | undefined;
  readonly readers: SegmentReader[];
  lock: AsyncDisposable | undefined;
}

interface Operation {
  readonly shown: string;
  readonly run: (side: Side) => Promise<unknown>;
}

const name = fc.constantFrom('a', 'b', 'c', 'child');
const where = fc.constantFrom('root', 'child');
const size = fc.nat(9000);

function at(side: Side, place: string): StorageDirectory {
  return place === 'child' && side.child !== undefined ? side.child : side.root;
}

async function writable(side: Side, open: () => Promise<WritableFile>): Promise<number> {
  await side.file?.close();
  side.file = undefined;
  side.file = await open();
  return side.file.sizeBytes;
}

async function reading(side: Side, place: string, file: string): Promise<number> {
  const sizeBytes = (await at(side, place).sizeOf(file)) ?? 0;
  side.readers.push(await at(side, place).openReader(file, { sealed: true, writtenBytes: () => sizeBytes }));
  return sizeBytes;
}

const operation: fc.Arbitrary<Operation> = fc.oneof(
  call('create', fc.record({ place: where, name }), (side, { place, name: file }) =>
    writable(side, () => at(side, place).create(file)),
  ),
  call('open', fc.record({ place: where, name }), (side, { place, name: file }) =>
    writable(side, () => at(side, place).open(file)),
  ),
  call(
    'write',
    fc.record({ position: size, lengths: fc.array(fc.nat(3000), { maxLength: 4 }), seed: fc.nat(99) }),
    async (side, op) => {
      await side.file?.write(
        op.position,
        op.lengths.map((length) => patternBytes(length, op.seed)),
      );
      return side.file?.sizeBytes;
    },
  ),
  call('truncate', size, async (side, to) => {
    await side.file?.truncate(to);
    return side.file?.sizeBytes;
  }),
  call('preallocate', size, async (side, to) => {
    await side.file?.preallocate(to);
    return side.file?.sizeBytes;
  }),
  call('syncFile', fc.constant(0), (side) => Promise.resolve(side.file?.sync())),
  call('closeFile', fc.constant(0), (side) => Promise.resolve(side.file?.close())),
  call('reader', fc.record({ place: where, name }), (side, { place, name: file }) =>
    reading(side, place, file),
  ),
  call('read', fc.record({ reader: fc.nat(20), position: size, length: size }), async (side, op) => {
    const reader = side.readers[op.reader % (side.readers.length || 1)];
    return reader === undefined ? 'none' : digest(await reader.read(op.position, new Uint8Array(op.length)));
  }),
  call('closeReader', fc.nat(20), (side, index) =>
    Promise.resolve(side.readers[index % (side.readers.length || 1)]?.close()),
  ),
  call('rename', fc.record({ place: where, source: name, target: name }), (side, op) =>
    at(side, op.place).rename(op.source, op.target),
  ),
  call('remove', fc.record({ place: where, name }), async (side, op) => {
    await at(side, op.place).remove(op.name);
    if (op.name === 'child' && at(side, op.place) === side.root) side.child = undefined;
  }),
  call('child', fc.boolean(), async (side, create) => {
    side.child = await side.root.directory('child', { create });
  }),
  call('closeChild', fc.constant(0), (side) => Promise.resolve(side.child?.close())),
  call('list', where, async (side, place) => {
    const entries = await at(side, place).list();
    return entries.map((entry) => `${entry.kind} ${entry.name}`).toSorted();
  }),
  call('sizeOf', fc.record({ place: where, name }), (side, op) => at(side, op.place).sizeOf(op.name)),
  call('sync', where, (side, place) => at(side, place).sync()),
  call('lock', name, async (side, file) => {
    side.lock = await side.root.lock(`${file}.lock`);
  }),
  call('unlock', fc.constant(0), (side) => Promise.resolve(side.lock?.[Symbol.asyncDispose]())),
);

function call<T>(
  title: string,
  argument: fc.Arbitrary<T>,
  run: (side: Side, argument: T) => Promise<unknown>,
): fc.Arbitrary<Operation> {
  return argument.map((value) => ({
    shown: `${title} ${JSON.stringify(value)}`,
    run: (side) => run(side, value),
  }));
}

function digest(bytes: Uint8Array): string {
  return `${bytes.length} ${createHash('sha256').update(bytes).digest('hex')}`;
}

/** What a caller can tell of an answer: its value, or the kind of its failure. */
async function answers(root: StorageDirectory, operations: readonly Operation[]): Promise<unknown[]> {
  const side: Side = { root, child: undefined, file: undefined, readers: [], lock: undefined };
  const told: unknown[] = [];
  for (const { shown, run } of operations) {
    try {
      told.push([shown, await run(side)]);
    } catch (error) {
      if (!SeglogError.is(error)) throw error;
      told.push([shown, error.code, error.facts['errno']]);
    }
  }
  return told;
}

test.each([512, 1])('memory and disk answer alike, with %d descriptors', async (maxOpenFiles) => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(operation, { minLength: 5, maxLength: 60, size: 'max' }),
      async (operations) => {
        const memory = new MemoryDirectory();
        const disk = await createRoot({ maxOpenFiles });
        try {
          expect(await answers(disk.directory, operations)).toEqual(await answers(memory, operations));
        } finally {
          await disk.dispose();
        }
      },
    ),
    { numRuns: 150 },
  );
});

test.each(['memory', 'disk'])(
  'in %s a child that was removed takes nothing in, and does not come back',
  async (kind) => {
    const disk = await createRoot();
    const directory = kind === 'memory' ? new MemoryDirectory() : disk.directory;
    const child = await directory.directory('child', { create: true });
    const deep = await child.directory('deep', { create: true });
    await putFile(deep, 'a', patternBytes(7));
    await directory.remove('child');
    for (const gone of [child, deep]) {
      await expectCode('STORAGE', () => gone.create('b'), { errno: 'ENOENT' });
      await expectCode('STORAGE', () => gone.open('a'), { errno: 'ENOENT' });
      await expectCode('STORAGE', () => gone.directory('d', { create: true }), { errno: 'ENOENT' });
      await expectCode('STORAGE', () => gone.lock('LOCK'), { errno: 'ENOENT' });
      await expectCode('STORAGE', () => gone.list(), { errno: 'ENOENT' });
      await expectCode('STORAGE', () => gone.sync(), { errno: 'ENOENT' });
      expect(await gone.sizeOf('a')).toBe(undefined);
      await gone.remove('a');
    }
    expect(await directory.list()).toEqual([]);
    await disk.dispose();
  },
);
