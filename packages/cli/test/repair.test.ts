import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PreadDirectory } from '@seglog/fs-pread';
import { damageStore, directoryOf, type StoreImage } from '@seglog/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fileLike, fingerprint, removeStores, seglog, storeOnDisk } from './run-cli.js';
import { type KnownStore, knownStore } from './stores/known-store.js';
import { RandomStore } from './stores/random-store.js';

afterAll(removeStores);

let known: KnownStore;
let exported: string;
beforeAll(async () => {
  known = await knownStore();
  exported = (await seglog(['export', await storeOnDisk(await directoryOf(known.image))])).out;
});

async function without(pattern: RegExp, image: StoreImage = known.image): Promise<string> {
  return storeOnDisk(await directoryOf(new Map([...image].filter(([file]) => !pattern.test(file)))));
}

describe('repair', () => {
  test('brings a killed store in order, and closes it cleanly', async () => {
    const store = new RandomStore();
    await store.live([
      { do: 'append', topic: 0, partition: 0, batches: [[{ value: Uint8Array.of(1) }]] },
      { do: 'roll', topic: 0, partition: 0 },
      { do: 'append', topic: 0, partition: 0, batches: [[{ value: Uint8Array.of(2) }]] },
      { do: 'kill' },
    ]);
    const path = await storeOnDisk(store.directory);
    const before = fingerprint(path);
    expect((await seglog(['repair', path])).out).toContain('cuts ');
    expect(fingerprint(path)).toBe(before);
    const { code, out } = await seglog(['repair', path, '--write']);
    expect([code, out.includes('flights/0\n  reads and verifies')]).toEqual([0, true]);
    expect((await seglog(['plan', path])).out).toContain('1 log with nothing to do');
    expect((await seglog(['verify', path, '--deep'])).out).toMatch(/^no damage$/m);
  });

  test('gives damaged records up only when it is told to, and keeps everything else', async () => {
    const file = fileLike(known.image, /orders.*\/0{20}-.*\.log$/);
    const active = [...known.image.keys()].filter((name) => /orders.*\.log$/.test(name)).at(-1) ?? '';
    const root = await directoryOf(known.image);
    await damageStore(root, {
      path: file.slice(0, file.lastIndexOf('/')),
      fault: { kind: 'missing', name: active.slice(active.lastIndexOf('/') + 1) },
    });
    const path = await storeOnDisk(root);
    const refused = await seglog(['repair', path, '--write']);
    expect([refused.code, /orders\/0\n {2}not opened: .*not there/.test(refused.out)]).toEqual([1, true]);
    const { code, out } = await seglog(['repair', path, '--write', '--salvage']);
    expect([code, /offsets \d+ to 60 are known to be lost/.test(out)]).toEqual([0, true]);
    expect((await seglog(['verify', path, '--deep'])).code).toBe(0);
    expect((await seglog(['find', path, '--log', 'orders/0', '--offset', '0'])).code).toBe(0);
  });

  test('lets a lost CURRENT name the only manifest again when it is told to salvage', async () => {
    const path = await without(/orders.*\/CURRENT$/);
    const refused = await seglog(['repair', path, '--write']);
    expect([refused.code, refused.out.includes('orders/0\n  not opened: ')]).toEqual([1, true]);
    const { code, out } = await seglog(['repair', path, '--write', '--salvage']);
    expect([code, out.includes('the lost CURRENT of orders/0 names MANIFEST-1 again')]).toEqual([0, true]);
    expect((await seglog(['verify', path, '--deep'])).code).toBe(0);
    expect(recordsOf((await seglog(['export', path])).out)).toEqual(recordsOf(exported));
  });

  test('is refused while a writer holds the store', async () => {
    const path = await storeOnDisk(await directoryOf(known.image));
    const disk = new PreadDirectory(path);
    const lock = await disk.lock('LOCK');
    for (const words of [
      ['repair', path, '--write'],
      ['repair', path, '--salvage', '--write'],
      ['repair', path, '--catalog', '--write'],
      ['repair', path, '--session', '--write'],
      ['index', 'rebuild', path, '--write'],
    ]) {
      const run = await seglog(words);
      expect(run.code, run.out).toBe(4);
      expect(run.err).toContain('next: stop the process that writes');
    }
    await lock[Symbol.asyncDispose]();
    await disk.close();
  });

  test('takes a data root only', async () => {
    const path = await storeOnDisk(await directoryOf(known.image));
    const log = join(path, fileLike(known.image, /orders.*CURRENT$/), '..');
    expect(await seglog(['repair', log, '--write'])).toMatchObject({ code: 3, out: '' });
  });
});

describe('repair --session', () => {
  test('rebuilds a session that is gone, above every epoch that the files tell of', async () => {
    const path = await without(/^SESSION$/);
    const plain = await seglog(['repair', path, '--write']);
    expect([plain.code, plain.err.includes('repair --session')]).toEqual([4, true]);
    const before = fingerprint(path);
    const dry = await seglog(['repair', path, '--session', '--json']);
    const { found, epoch, written } = JSON.parse(dry.out);
    expect([dry.code, written, epoch > found, found > 0]).toEqual([0, false, true, true]);
    expect(fingerprint(path)).toBe(before);
    expect((await seglog(['repair', path, '--session', '--write'])).code).toBe(0);
    expect((await seglog(['repair', path, '--session'])).out).toContain('nothing to do');
    expect((await seglog(['repair', path, '--write'])).code).toBe(0);
    expect((await seglog(['verify', path, '--deep'])).code).toBe(0);
    expect(recordsOf((await seglog(['export', path])).out)).toEqual(recordsOf(exported));
    expect(JSON.parse((await seglog(['stat', path, '--json'])).out).session.epoch).toBeGreaterThan(epoch);
  });

  test('keeps what it could not read, and replaces one that is older than the frames', async () => {
    const damaged = await without(/^SESSION$/);
    writeFileSync(join(damaged, 'SESSION'), 'what is this');
    expect((await seglog(['repair', damaged, '--session', '--write'])).code).toBe(0);
    expect(readFileSync(join(damaged, 'lost-SESSION'), 'utf8')).toBe('what is this');
    const outdated = await without(/^SESSION$/);
    const old = known.older.get('SESSION') ?? new Uint8Array(0);
    writeFileSync(join(outdated, 'SESSION'), old);
    expect((await seglog(['verify', outdated, '--deep'])).out).toContain('damage   SESSION');
    const run = await seglog(['repair', outdated, '--session', '--write']);
    expect([run.code, run.out.includes('it is an older one')]).toEqual([0, true]);
    expect((await seglog(['verify', outdated, '--deep'])).code).toBe(0);
  });

  test('takes one way at a time', async () => {
    const path = await without(/^SESSION$/);
    expect((await seglog(['repair', path, '--session', '--catalog'])).code).toBe(2);
  });
});

describe('repair --catalog', () => {
  test('rebuilds a catalog that is gone from the directories of topics', async () => {
    const path = await without(/^catalog\//);
    expect((await seglog(['verify', path])).code).toBe(1);
    const before = fingerprint(path);
    const dry = await seglog(['repair', path, '--catalog']);
    expect(dry.out).toContain('topic flights, 2 partitions, with string keys');
    expect(fingerprint(path)).toBe(before);
    expect((await seglog(['repair', path, '--catalog', '--write'])).code).toBe(0);
    expect((await seglog(['verify', path, '--deep'])).code).toBe(0);
    expect(recordsOf((await seglog(['export', path])).out)).toEqual(recordsOf(exported));
  });

  test('keeps what a damaged catalog still tells', async () => {
    const file = fileLike(known.image, /CATALOG-1$/);
    const root = await directoryOf(known.image);
    await damageStore(root, {
      path: 'catalog',
      fault: { kind: 'garbage', name: 'CURRENT', position: 3, bytes: 9 },
    });
    const path = await storeOnDisk(root);
    expect((await seglog(['stat', path])).code).toBe(0);
    const { code, out } = await seglog(['repair', path, '--catalog', '--write']);
    expect([code, out.includes('topic orders, 1 partition, as the old catalog said')]).toEqual([0, true]);
    expect(
      (await seglog(['dump', join(path, 'catalog', `lost-${file.slice(file.lastIndexOf('/') + 1)}`)])).code,
    ).toBe(0);
    expect((await seglog(['export', path])).out).toBe(exported);
    expect((await seglog(['repair', path, '--catalog', '--write'])).out).toContain('nothing to do');
  });

  test('leaves alone what is no topic', async () => {
    const path = await without(/^catalog\//);
    writeFileSync(join(path, 'topics', 'diary.txt'), 'mine');
    expect((await seglog(['repair', path, '--catalog', '--write'])).out).toContain(
      'topics/diary.txt is no topic',
    );
    expect((await seglog(['stat', path])).code).toBe(0);
  });
});

describe('index rebuild', () => {
  test('makes missing and damaged indexes anew, the same as they were', async () => {
    const path = await storeOnDisk(await directoryOf(known.image));
    const [gone = '', bad = ''] = [...known.image.keys()].filter((name) =>
      /flights.*\/0\/.*\.idx$/.test(name),
    );
    rmSync(join(path, gone));
    writeFileSync(join(path, bad), 'nonsense');
    expect((await seglog(['verify', path])).code).toBe(1);
    const before = fingerprint(path);
    const dry = await seglog(['index', 'rebuild', path]);
    expect(dry.out.trimEnd().split('\n')).toHaveLength(2);
    expect(dry.out).toContain('was missing, not written');
    expect(fingerprint(path)).toBe(before);
    const { code, out } = await seglog(['index', 'rebuild', path, '--write']);
    expect([code, out.includes('was damaged, rebuilt')]).toEqual([0, true]);
    expect((await seglog(['verify', path, '--deep', '--notes'])).out).not.toMatch(/idx/);
    expect((await seglog(['index', 'rebuild', path])).out).toContain('nothing to do');
    const all = await seglog(['index', 'rebuild', path, '--all', '--write']);
    expect(all.out.split('rebuilt').length).toBeGreaterThan(4);
    expect((await seglog(['verify', path, '--deep'])).code).toBe(0);
  });

  test('makes none for a segment that is damaged', async () => {
    const file = fileLike(known.image, /flights.*\/0\/0{20}-.*\.log$/);
    const root = await directoryOf(known.image);
    const at = file.lastIndexOf('/');
    await damageStore(root, {
      path: file.slice(0, at),
      fault: { kind: 'garbage', name: file.slice(at + 1), position: 900, bytes: 50 },
    });
    await damageStore(root, {
      path: file.slice(0, at),
      fault: { kind: 'missing', name: file.slice(at + 1).replace(/log$/, 'idx') },
    });
    const { code, out } = await seglog(['index', 'rebuild', await storeOnDisk(root), '--write']);
    expect([code, out.includes('the segment is damaged')]).toEqual([1, true]);
  });
});

/** What an export says but for how topics are configured. */
const recordsOf = (text: string): readonly string[] =>
  text.split('\n').filter((line) => !line.includes('"type":"topic"'));
