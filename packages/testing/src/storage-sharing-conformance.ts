import assert from 'node:assert/strict';
import { expectBytes, expectCode, patternBytes } from './expectation.js';
import { callsWith, contentOf, putFile, type StorageCheck } from './storage-fixture.js';

/** The part of the directory's exam that is about many users of it, and about the end of its use. */
export function sharingCases(check: StorageCheck): void {
  lockCases(check);
  closeCases(check);
  concurrencyCases(check);
}

function lockCases(check: StorageCheck): void {
  check('a name has one holder at a time, or no lock is given', async (directory) => {
    if (!directory.supports.lock) {
      await expectCode('STORAGE', () => directory.lock('LOCK'));
      return;
    }
    const held = await directory.lock('LOCK');
    await expectCode('LOG_LOCKED', () => directory.lock('LOCK'));
    const other = await directory.lock('OTHER');
    await other[Symbol.asyncDispose]();
    await expectCode('LOG_LOCKED', () => directory.lock('LOCK'));
    await held[Symbol.asyncDispose]();
    const again = await directory.lock('LOCK');
    await held[Symbol.asyncDispose]();
    await expectCode('LOG_LOCKED', () => directory.lock('LOCK'));
    await again[Symbol.asyncDispose]();
    const names = (await directory.list()).map((entry) => entry.name).toSorted();
    assert.deepEqual(names, ['LOCK', 'OTHER'], 'a lock file is never removed');
  });

  check('of many who ask at once one gets the lock', async (directory) => {
    if (!directory.supports.lock) return assert.equal(directory.supports.lock, false);
    const asked = await Promise.allSettled(Array.from({ length: 8 }, async () => directory.lock('LOCK')));
    assert.equal(asked.filter((answer) => answer.status === 'fulfilled').length, 1);
    for (const answer of asked) {
      if (answer.status === 'rejected') await expectCode('LOG_LOCKED', () => Promise.reject(answer.reason));
    }
  });

  check('closing the directory gives its locks back', async (directory) => {
    if (!directory.supports.lock) return assert.equal(directory.supports.lock, false);
    const one = await directory.directory('child', { create: true });
    const other = await directory.directory('child', { create: true });
    const held = await one.lock('LOCK');
    await expectCode('LOG_LOCKED', () => other.lock('LOCK'));
    await one.close();
    const next = await other.lock('LOCK');
    await held[Symbol.asyncDispose]();
    await expectCode('LOG_LOCKED', () => other.lock('LOCK'));
    await next[Symbol.asyncDispose]();
  });
}

function closeCases(check: StorageCheck): void {
  check('after close every method answers LOG_CLOSED, and nothing is held', async (directory) => {
    await putFile(directory, 'a', patternBytes(10));
    const file = await directory.open('a');
    const reader = await directory.openReader('a', { sealed: true, writtenBytes: () => 10 });
    const child = await directory.directory('child', { create: true });
    const inner = await child.create('a');
    await directory.close();
    await directory.close();
    const calls = [directory, child].flatMap((closed) => callsWith(closed, 'a'));
    for (const call of calls) await expectCode('LOG_CLOSED', call);
    for (const closed of [directory, child]) {
      await expectCode('LOG_CLOSED', () => closed.list());
      await expectCode('LOG_CLOSED', () => closed.sync());
      await expectCode('LOG_CLOSED', () => closed.rename('a', 'b'));
    }
    for (const closed of [file, inner])
      await expectCode('LOG_CLOSED', () => closed.write(0, [patternBytes(1)]));
    await expectCode('LOG_CLOSED', async () => reader.read(0, new Uint8Array(4)));
    assert.equal(directory.descriptors, 0);
    await reader.close();
    await file.close();
    await child.close();
  });

  check('a child closes alone', async (directory) => {
    const child = await directory.directory('child', { create: true });
    const file = await child.create('a');
    await child.close();
    await expectCode('LOG_CLOSED', () => file.write(0, [patternBytes(1)]));
    await expectCode('LOG_CLOSED', () => child.list());
    const again = await directory.directory('child', { create: false });
    assert.deepEqual(await again.list(), [{ name: 'a', kind: 'file' }]);
  });
}

function concurrencyCases(check: StorageCheck): void {
  check('many files are made, renamed and removed at once', async (directory) => {
    const numbers = Array.from({ length: 64 }, (_, at) => at);
    await Promise.all(numbers.map(async (at) => putFile(directory, `f${at}`, patternBytes(at + 1, at + 1))));
    await Promise.all(numbers.map(async (at) => directory.remove(`f${at < 32 ? at : 'none'}`)));
    assert.equal((await directory.list()).length, 32);
    const contents = await Promise.all(numbers.slice(32).map(async (at) => contentOf(directory, `f${at}`)));
    for (const [at, content] of contents.entries()) expectBytes(content, patternBytes(at + 33, at + 33));
  });

  check('of many who create one name at once one gets it', async (directory) => {
    const made = await Promise.allSettled(Array.from({ length: 16 }, async () => directory.create('a')));
    assert.equal(made.filter((answer) => answer.status === 'fulfilled').length, 1);
    for (const answer of made) {
      if (answer.status === 'rejected') {
        await expectCode('STORAGE', () => Promise.reject(answer.reason), { errno: 'EEXIST' });
      }
    }
  });

  check('many may remove one child, and many may make it, at once', async (directory) => {
    const many = Array.from({ length: 8 });
    await Promise.all(many.map(async () => directory.directory('child', { create: true })));
    const child = await directory.directory('child', { create: false });
    await Promise.all(Array.from({ length: 20 }, async (_, at) => putFile(child, `f${at}`, patternBytes(3))));
    await Promise.all(many.map(async () => directory.remove('child')));
    assert.deepEqual(await directory.list(), []);
  });
}
