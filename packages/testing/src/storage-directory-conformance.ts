import assert from 'node:assert/strict';
import { expectBytes, expectCode, expectRangeError, patternBytes } from './expectation.js';
import {
  type CreateStorage,
  callsWith,
  contentOf,
  noBytesYet,
  putFile,
  type StorageCheck,
  storageCheck,
} from './storage-fixture.js';
import { sharingCases } from './storage-sharing-conformance.js';
import type { SuiteRunner } from './suite-runner.js';
import { writableFileCases } from './writable-file-conformance.js';

/**
 * The exam of every {@link StorageDirectory}. What an implementation claims in `supports` must work, and what it does not
 * claim must be refused. A wrapper sits it too. Durability itself is examined by crashes, not here.
 */
export function storageDirectoryConformance(runner: SuiteRunner, name: string, create: CreateStorage): void {
  const check = storageCheck(runner, create);
  runner.describe(`StorageDirectory: ${name}`, () => {
    runner.describe('names', () => namingCases(check));
    runner.describe('entries', () => entryCases(check));
    runner.describe('renaming and removing', () => {
      renameCases(check);
      removeCases(check);
    });
    runner.describe('sync', () => syncCases(check));
    runner.describe('sharing and closing', () => sharingCases(check));
    runner.describe('files', () => writableFileCases(check));
  });
}

const REFUSED_NAMES = [
  '',
  '.',
  '..',
  '/',
  'a/b',
  '/a',
  'a/',
  '../a',
  'a\\b',
  'a\0b',
  '\0',
  'a b',
  ' ',
  'a\n',
  'a:b',
  '*',
  'é',
  'ａ',
  '日本',
  '\ud800',
  'a'.repeat(256),
  'a'.repeat(300),
];
const ACCEPTED_NAMES = ['a', '...', '.hidden', '-', '_', 'A-b_c.9', '0', 'a'.repeat(255), 'constructor'];

function namingCases(check: StorageCheck): void {
  for (const name of REFUSED_NAMES) {
    const shown = JSON.stringify(name.length > 40 ? `${name.slice(0, 8)}... of ${name.length}` : name);
    check(`${shown} is refused by every method, and nothing is touched`, async (directory) => {
      await putFile(directory, 'source', patternBytes(10));
      for (const call of callsWith(directory, name)) await expectRangeError(call);
      await expectRangeError(async () => directory.rename('source', name));
      await expectRangeError(async () => directory.rename(name, 'target'));
      assert.deepEqual(await directory.list(), [{ name: 'source', kind: 'file' }]);
      expectBytes(await contentOf(directory, 'source'), patternBytes(10));
    });
  }

  check('every allowed shape of name holds a file', async (directory) => {
    for (const name of ACCEPTED_NAMES) await putFile(directory, name, patternBytes(5));
    const listed = (await directory.list()).map((entry) => entry.name);
    assert.deepEqual(listed.toSorted(), ACCEPTED_NAMES.toSorted());
    for (const name of ACCEPTED_NAMES) expectBytes(await contentOf(directory, name), patternBytes(5));
  });
}

function entryCases(check: StorageCheck): void {
  check('a fresh root is empty and holds nothing', async (directory) => {
    assert.deepEqual(await directory.list(), []);
    assert.equal(await directory.sizeOf('a'), undefined);
  });

  check('files and children are listed by kind', async (directory) => {
    await putFile(directory, 'file', patternBytes(3));
    await directory.directory('child', { create: true });
    const entries = (await directory.list()).toSorted((a, b) => a.name.localeCompare(b.name));
    assert.deepEqual(entries, [
      { name: 'child', kind: 'directory' },
      { name: 'file', kind: 'file' },
    ]);
    assert.equal(await directory.sizeOf('file'), 3);
    assert.equal(await directory.sizeOf('child'), undefined);
  });

  check('create refuses every name that exists', async (directory) => {
    await putFile(directory, 'file', patternBytes(3));
    await directory.directory('child', { create: true });
    await expectCode('STORAGE', () => directory.create('file'), { errno: 'EEXIST', name: 'file' });
    await expectCode('STORAGE', () => directory.create('child'), { errno: 'EEXIST' });
    expectBytes(await contentOf(directory, 'file'), patternBytes(3));
  });

  check('a missing file is not opened, nor made', async (directory) => {
    await expectCode('STORAGE', () => directory.open('a'), { errno: 'ENOENT', name: 'a' });
    await expectCode('STORAGE', () => directory.openReader('a', noBytesYet), { errno: 'ENOENT', name: 'a' });
    assert.deepEqual(await directory.list(), []);
  });

  check('a child is not opened as a file', async (directory) => {
    await directory.directory('child', { create: true });
    await expectCode('STORAGE', () => directory.open('child'), { errno: 'EISDIR' });
    await expectCode('STORAGE', () => directory.openReader('child', noBytesYet), { errno: 'EISDIR' });
    await expectCode('STORAGE', () => directory.lock('child'), { errno: 'EISDIR' });
  });

  check('a missing child is made on demand only', async (directory) => {
    const missing = { errno: 'ENOENT', name: 'child' };
    await expectCode('STORAGE', () => directory.directory('child', { create: false }), missing);
    assert.deepEqual(await directory.list(), []);
    await directory.directory('child', { create: true });
    assert.deepEqual(await directory.list(), [{ name: 'child', kind: 'directory' }]);
  });

  check('a file is not a child', async (directory) => {
    await putFile(directory, 'file', patternBytes(3));
    for (const create of [false, true]) {
      await expectCode('STORAGE', () => directory.directory('file', { create }), { errno: 'ENOTDIR' });
    }
  });

  check('everyone who opens a child sees the same files', async (directory) => {
    const one = await directory.directory('child', { create: true });
    const other = await directory.directory('child', { create: true });
    await putFile(one, 'a', patternBytes(9));
    expectBytes(await contentOf(other, 'a'), patternBytes(9));
    assert.equal(await directory.sizeOf('a'), undefined);
  });
}

function renameCases(check: StorageCheck): void {
  check('rename replaces its target in one step, or is refused', async (directory) => {
    await putFile(directory, 'source', patternBytes(7, 1));
    await putFile(directory, 'target', patternBytes(9, 2));
    if (!directory.supports.atomicRename) {
      await expectCode('STORAGE', () => directory.rename('source', 'target'));
      expectBytes(await contentOf(directory, 'target'), patternBytes(9, 2));
      return;
    }
    await directory.rename('source', 'target');
    assert.deepEqual(await directory.list(), [{ name: 'target', kind: 'file' }]);
    expectBytes(await contentOf(directory, 'target'), patternBytes(7, 1));
  });

  check('rename gives a free name, and its own name, to a file', async (directory) => {
    if (!directory.supports.atomicRename) return assert.equal(directory.supports.atomicRename, false);
    await putFile(directory, 'source', patternBytes(7));
    await directory.rename('source', 'source');
    await directory.rename('source', 'target');
    assert.deepEqual(await directory.list(), [{ name: 'target', kind: 'file' }]);
    expectBytes(await contentOf(directory, 'target'), patternBytes(7));
  });

  check('a file goes on under its new name; readers of a replaced one keep it', async (directory) => {
    if (!directory.supports.atomicRename) return assert.equal(directory.supports.atomicRename, false);
    await putFile(directory, 'target', patternBytes(9, 2));
    const file = await directory.create('source');
    await file.write(0, [patternBytes(4)]);
    const old = await directory.openReader('target', { sealed: true, writtenBytes: () => 9 });
    await directory.rename('source', 'target');
    await file.write(4, [patternBytes(4)]);
    expectBytes(await old.read(0, new Uint8Array(20)), patternBytes(9, 2));
    assert.equal(await directory.sizeOf('target'), 8);
    await old.close();
    await file.close();
  });

  check('only files are renamed, and only onto files', async (directory) => {
    await putFile(directory, 'file', patternBytes(7));
    await directory.directory('child', { create: true });
    await expectCode('STORAGE', () => directory.rename('missing', 'a'));
    await expectCode('STORAGE', () => directory.rename('child', 'a'));
    await expectCode('STORAGE', () => directory.rename('child', 'file'));
    await expectCode('STORAGE', () => directory.rename('file', 'child'));
    const names = (await directory.list()).map((entry) => entry.name).toSorted();
    assert.deepEqual(names, ['child', 'file']);
  });
}

function removeCases(check: StorageCheck): void {
  check('what is removed is gone, and removing it again resolves', async (directory) => {
    await putFile(directory, 'a', patternBytes(7));
    await directory.remove('a');
    await directory.remove('a');
    await directory.remove('never-was');
    assert.deepEqual(await directory.list(), []);
    await expectCode('STORAGE', () => directory.open('a'), { errno: 'ENOENT' });
  });

  check('a child is removed with all that it holds, its neighbours stay', async (directory) => {
    const child = await directory.directory('child', { create: true });
    const deep = await child.directory('deep', { create: true });
    for (const holder of [directory, child, deep]) await putFile(holder, 'a', patternBytes(7));
    await (await deep.directory('empty', { create: true })).close();
    await directory.remove('child');
    assert.deepEqual(await directory.list(), [{ name: 'a', kind: 'file' }]);
    const again = await directory.directory('child', { create: true });
    assert.deepEqual(await again.list(), []);
  });

  check('readers and files that are open outlive the name', async (directory) => {
    const file = await directory.create('a');
    await file.write(0, [patternBytes(100)]);
    const reader = await directory.openReader('a', { sealed: false, writtenBytes: () => file.sizeBytes });
    await directory.remove('a');
    expectBytes(await reader.read(0, new Uint8Array(200)), patternBytes(100));
    await file.write(100, [patternBytes(50, 2)]);
    await file.sync();
    expectBytes(await reader.read(100, new Uint8Array(200)), patternBytes(50, 2));
    await reader.close();
    await file.close();
  });

  check('a file of a name that was removed is a new file', async (directory) => {
    const old = await directory.create('a');
    await old.write(0, [patternBytes(100)]);
    await directory.remove('a');
    const fresh = await directory.create('a');
    assert.equal(fresh.sizeBytes, 0);
    await old.write(0, [patternBytes(100, 2)]);
    await fresh.write(0, [patternBytes(10, 3)]);
    await old.close();
    await fresh.close();
    expectBytes(await contentOf(directory, 'a'), patternBytes(10, 3));
  });
}

function syncCases(check: StorageCheck): void {
  check('names are made durable, or that is refused', async (directory) => {
    const child = await directory.directory('child', { create: true });
    await putFile(child, 'a', patternBytes(10));
    for (const holder of [child, directory]) {
      if (directory.supports.directorySync) await holder.sync();
      else await expectCode('STORAGE', () => holder.sync());
    }
    expectBytes(await contentOf(child, 'a'), patternBytes(10));
  });
}
