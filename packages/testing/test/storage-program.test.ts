import { MemoryDirectory } from '@seglog/core';
import { expect, test } from 'vitest';
import { expectStoragesAgree, SimulatedDisk, type StorageFixture, storageTranscript } from '../src/index.js';

function simulated(): StorageFixture {
  const directory = new SimulatedDisk({ seed: 1 }).root;
  return { directory, dispose: () => directory.close() };
}

function inMemory(): StorageFixture {
  const directory = new MemoryDirectory();
  return { directory, dispose: () => directory.close() };
}

test('the simulated disk goes the way of the disk in memory, whatever the calls', async () => {
  await expect(expectStoragesAgree(simulated, inMemory, { runs: 3_000, seed: 1 })).resolves.toBeUndefined();
});

test('a disk that forgets to cut is told from one that cuts', async () => {
  function forgetful(): StorageFixture {
    const fixture = simulated();
    const create = fixture.directory.create.bind(fixture.directory);
    fixture.directory.create = async (name) => {
      const file = await create(name);
      file.truncate = async () => undefined;
      return file;
    };
    return fixture;
  }
  await expect(expectStoragesAgree(simulated, forgetful, { runs: 3_000, seed: 1 })).rejects.toThrow(
    'truncate',
  );
});

test('a transcript tells what each call answered and what is left', async () => {
  const transcript = await storageTranscript(simulated().directory, [
    { call: 'create', name: 'a', slot: 0 },
    { call: 'write', slot: 0, position: 1, bytes: 2 },
    { call: 'open', name: 'b', slot: 1 },
  ]);
  expect(transcript.map((line) => line.split('}: ').at(-1))).toEqual([
    'file of 0 bytes',
    'done',
    'STORAGE ENOENT',
    expect.stringMatching(/^\/a 3 bytes 00[0-9a-f]{4}$/),
  ]);
});
