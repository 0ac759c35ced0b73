import { MemoryDirectory } from '@seglog/core';
import { describe, expect, test } from 'vitest';
import {
  FaultyDirectory,
  type StorageFixture,
  segmentReaderConformance,
  storageDirectoryConformance,
} from '../src/index.js';
import { contentOf, putFile } from '../src/storage-fixture.js';

function create(): StorageFixture {
  const directory = new MemoryDirectory();
  return { directory, dispose: () => directory.close() };
}

storageDirectoryConformance({ describe, test }, 'memory', create);
segmentReaderConformance({ describe, test }, 'memory', create);

/** The wrapper that makes calls fail, as long as none is made to. */
function wrapped(): StorageFixture {
  const directory = new FaultyDirectory(new MemoryDirectory());
  return { directory, dispose: () => directory.close() };
}

storageDirectoryConformance({ describe, test }, 'memory, with faults at hand', wrapped);
segmentReaderConformance({ describe, test }, 'memory, with faults at hand', wrapped);

test('a copy is what another process would find now: later changes are not in it, and neither are locks', async () => {
  const directory = new MemoryDirectory();
  const child = await directory.directory('child', { create: true });
  await putFile(child, 'file', Uint8Array.of(1, 2));
  await child.lock('LOCK');
  const copy = directory.copy();
  await putFile(child, 'later', Uint8Array.of(3));
  await child.remove('file');
  const found = await copy.directory('child', { create: false });
  expect((await found.list()).map(({ name }) => name)).toEqual(['file', 'LOCK']);
  expect(await contentOf(found, 'file')).toEqual(Uint8Array.of(1, 2));
  await found.lock('LOCK');
  await copy.close();
  await directory.close();
});
