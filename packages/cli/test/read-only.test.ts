import { mkdirSync, writeFileSync } from 'node:fs';
import { damageStore, directoryOf, type StoreImage } from '@seglog/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fileLike, fingerprint, freshPath, removeStores, seglog, storeOnDisk } from './run-cli.js';
import { type KnownStore, knownStore } from './stores/known-store.js';
import { RandomStore } from './stores/random-store.js';

afterAll(removeStores);

let known: KnownStore;
beforeAll(async () => {
  known = await knownStore();
});

/** Every call that promises to look only. */
const LOOKING: readonly (readonly string[])[] = [
  ['stat', 'STORE', '--segments'],
  ['stat', 'STORE', '--json'],
  ['stat', 'STORE', '--map'],
  ['dump', 'STORE'],
  ['dump', 'STORE', '--show', 'frames', '--json'],
  ['dump', 'STORE', '--show', 'bytes'],
  ['dump', 'STORE', '--show', 'manifest'],
  ['dump', 'STORE', '--show', 'index'],
  ['verify', 'STORE'],
  ['verify', 'STORE', '--deep', '--notes'],
  ['plan', 'STORE', '--all'],
  ['plan', 'STORE', '--json'],
  ['find', 'STORE', '--key', 'flig'],
  ['find', 'STORE', '--offset', '1'],
  ['tail', 'STORE'],
  ['export', 'STORE'],
  ['import', 'STORE'],
  ['repair', 'STORE'],
  ['repair', 'STORE', '--salvage', '--json'],
  ['repair', 'STORE', '--catalog'],
  ['index', 'rebuild', 'STORE', '--all'],
  ['doctor', 'STORE'],
];

async function damagedStore(image: StoreImage, pattern: RegExp): Promise<string> {
  const file = fileLike(image, pattern);
  const root = await directoryOf(image);
  const at = file.lastIndexOf('/');
  await damageStore(root, {
    path: file.slice(0, at),
    fault: { kind: 'garbage', name: file.slice(at + 1), position: 200, bytes: 90 },
  });
  return storeOnDisk(root);
}

const stores: Readonly<Record<string, () => Promise<string>>> = {
  healthy: async () => storeOnDisk(await directoryOf(known.image)),
  killed: async () => {
    const store = new RandomStore();
    await store.live([
      { do: 'append', topic: 0, partition: 0, batches: [[{ value: Uint8Array.of(1) }]] },
      { do: 'roll', topic: 0, partition: 0 },
      { do: 'append', topic: 0, partition: 0, batches: [[{ value: Uint8Array.of(2) }]] },
      { do: 'kill' },
    ]);
    return storeOnDisk(store.directory);
  },
  'with a damaged segment': () => damagedStore(known.image, /\/0\/0{20}-.*\.log$/),
  'with a damaged manifest': () => damagedStore(known.image, /\/0\/MANIFEST-1$/),
  'with a damaged catalog': () => damagedStore(known.image, /CATALOG-1$/),
  'without a session': async () =>
    storeOnDisk(await directoryOf(new Map([...known.image].filter(([file]) => file !== 'SESSION')))),
};

describe.each(Object.keys(stores))('a store that is %s is looked at', (name) => {
  test('and not one byte, name or time of change of it changes', async () => {
    const path = await (stores[name] ?? (() => Promise.reject(new Error(name))))();
    const before = fingerprint(path);
    for (const words of LOOKING) {
      const { code, err } = await seglog(words.map((word) => (word === 'STORE' ? path : word)));
      expect([0, 1, 4], `${words.join(' ')}: ${err}`).toContain(code);
      expect(fingerprint(path), words.join(' ')).toBe(before);
    }
  });
});

test('a directory of somebody else is refused and left alone', async () => {
  const path = freshPath();
  mkdirSync(path);
  writeFileSync(`${path}/diary.txt`, 'mine');
  const before = fingerprint(path);
  for (const words of LOOKING.filter(([name]) => name !== 'import' && name !== 'doctor')) {
    const run = await seglog(words.map((word) => (word === 'STORE' ? path : word)));
    expect(run).toMatchObject({ code: 3, out: '' });
    expect(run.err).toContain('no store');
  }
  expect(fingerprint(path)).toBe(before);
});

test('a path that nothing stands at is not made', async () => {
  const path = freshPath();
  const run = await seglog(['stat', path]);
  expect(run.code).toBe(3);
  expect(run.err).toContain('next:');
  expect(() => fingerprint(path)).toThrow('ENOENT');
});
