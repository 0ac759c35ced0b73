import { fstatSync, readSync } from 'node:fs';
import { expectBytes, expectCode, patternBytes } from '@seglog/testing';
import { expect, test } from 'vitest';
import { createRoot } from './temporary-root.js';

const nothing = (): undefined => undefined;
const numbers = Array.from({ length: 64 }, (_, at) => at);

test('a lent descriptor is open and of its file, however few may be open', async () => {
  const root = await createRoot({ maxOpenFiles: 1 });
  const { directory } = root;
  for (const at of numbers) {
    const file = await directory.create(`f${at}`);
    await file.write(0, [patternBytes(100, at + 1)]);
    await file.sync();
    await file.close();
  }
  const lend = async (at: number): Promise<void> =>
    directory.withDescriptor(`f${at}`, (descriptor, sizeBytes) => {
      const bytes = new Uint8Array(sizeBytes);
      readSync(descriptor, bytes, 0, sizeBytes, 0);
      expectBytes(bytes, patternBytes(100, at + 1));
    });
  await Promise.all(numbers.map(lend));
  expect(directory.descriptors).toBe(0);
  await root.dispose();
});

test('what the borrower returns or throws is the answer, and the descriptor is taken back', async () => {
  const root = await createRoot();
  const { directory } = root;
  await (await directory.create('a')).close();
  let lent = -1;
  expect(await directory.withDescriptor('a', (descriptor) => (lent = descriptor))).toBe(lent);
  expect(() => fstatSync(lent)).toThrow(expect.objectContaining({ code: 'EBADF' }));
  const mistake = new Error('a mistake of the borrower');
  await expect(
    directory.withDescriptor('a', () => {
      throw mistake;
    }),
  ).rejects.toBe(mistake);
  expect(directory.descriptors).toBe(0);
  await root.dispose();
});

test('it is lent of files only, and not after close', async () => {
  const root = await createRoot();
  const { directory } = root;
  await (await directory.create('a')).close();
  await (await directory.directory('child', { create: true })).close();
  await expectCode('STORAGE', () => directory.withDescriptor('none', nothing), { errno: 'ENOENT' });
  await expectCode('STORAGE', () => directory.withDescriptor('child', nothing), { errno: 'EISDIR' });
  await directory.close();
  await expectCode('LOG_CLOSED', () => directory.withDescriptor('a', nothing));
  await root.dispose();
});
