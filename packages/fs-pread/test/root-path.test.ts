import { readlinkSync } from 'node:fs';
import * as fs from 'node:fs/promises';
import { join } from 'node:path';
import { contentOf, expectBytes, expectCode, patternBytes, putFile } from '@seglog/testing';
import { describe, expect, test } from 'vitest';
import { DescriptorPool } from '../src/descriptor-pool.js';
import { nodeFileCalls } from '../src/file-calls.js';
import { PreadDirectory, type PreadOptions } from '../src/index.js';
import { preadModule } from '../src/inversify.js';
import { RootPath } from '../src/root-path.js';
import { faultyCalls, osError } from './faulty-calls.js';
import { createRoot } from './temporary-root.js';

async function inTemporary(use: (path: string) => Promise<void>): Promise<void> {
  const root = await createRoot();
  try {
    await use(await fs.realpath(root.path));
  } finally {
    await root.dispose();
  }
}

/** Which directories are synced, in order. */
function syncRecorder(): { readonly pool: DescriptorPool; readonly synced: string[] } {
  const synced: string[] = [];
  const fsync = async (descriptor: number): Promise<void> => {
    synced.push(readlinkSync(`/proc/self/fd/${descriptor}`));
    await nodeFileCalls.fsync(descriptor);
  };
  return { pool: new DescriptorPool(faultyCalls({ fsync }), 8), synced };
}

describe('a root that is missing', () => {
  test('is empty to those who look, and is not made by looking', async () => {
    await inTemporary(async (path) => {
      const directory = new PreadDirectory(join(path, 'a', 'b'));
      expect(await directory.list()).toEqual([]);
      expect(await directory.sizeOf('x')).toBe(undefined);
      await directory.remove('x');
      await directory.sync();
      await expectCode('STORAGE', () => directory.open('x'), { errno: 'ENOENT' });
      await expectCode('STORAGE', () => directory.rename('x', 'y'), { errno: 'ENOENT' });
      await expectCode('STORAGE', () => directory.directory('x', { create: false }), { errno: 'ENOENT' });
      expect(await fs.readdir(path)).toEqual([]);
    });
  });

  test('is made by the first creation, by many at once too', async () => {
    await inTemporary(async (path) => {
      const directory = new PreadDirectory(join(path, 'a', 'b', 'c'));
      await Promise.all(['x', 'y', 'z'].map(async (name) => putFile(directory, name, patternBytes(5))));
      expectBytes(await contentOf(directory, 'y'), patternBytes(5));
      expect((await fs.readdir(join(path, 'a', 'b', 'c'))).toSorted()).toEqual(['x', 'y', 'z']);
      await directory.close();
    });
  });

  test('is refused, and not made, without create', async () => {
    await inTemporary(async (path) => {
      const directory = new PreadDirectory(join(path, 'a'), { create: false });
      const missing = { errno: 'ENOENT' };
      await expectCode('STORAGE', () => directory.list(), missing);
      await expectCode('STORAGE', () => directory.create('x'), missing);
      await expectCode('STORAGE', () => directory.lock('x'), missing);
      await expectCode('STORAGE', () => PreadDirectory.open(join(path, 'a'), { create: false }), missing);
      expect(await fs.readdir(path)).toEqual([]);
      await fs.mkdir(join(path, 'a'));
      await putFile(directory, 'x', patternBytes(5));
      await directory.close();
    });
  });
});

describe('the names on the way to a root are durable', () => {
  test('each one before the next is made, from the lowest that was there', async () => {
    await inTemporary(async (path) => {
      const { pool, synced } = syncRecorder();
      await new RootPath(join(path, 'a', 'b', 'c'), true, pool).make();
      expect(synced).toEqual([join(path, '..'), path, join(path, 'a'), join(path, 'a', 'b')]);
    });
  });

  test('also when a crash came between making one and syncing its name', async () => {
    await inTemporary(async (path) => {
      await fs.mkdir(join(path, 'a'));
      const { pool, synced } = syncRecorder();
      await new RootPath(join(path, 'a'), true, pool).make();
      expect(synced).toEqual([path]);
      await new RootPath(join(path, 'a', 'b'), true, pool).make();
      expect(synced).toEqual([path, path, join(path, 'a')]);
    });
  });

  test('or the root is refused, until a sync succeeds', async () => {
    await inTemporary(async (path) => {
      let failing = true;
      const fsync = async (descriptor: number): Promise<void> => {
        if (failing) throw osError('EIO');
        await nodeFileCalls.fsync(descriptor);
      };
      const root = new RootPath(join(path, 'a'), true, new DescriptorPool(faultyCalls({ fsync }), 8));
      await expectCode('STORAGE', () => root.make(), { errno: 'EIO' });
      failing = false;
      expect(await root.make()).toBe(join(path, 'a'));
    });
  });
});

describe('the path of a root', () => {
  test('may lead through links', async () => {
    await inTemporary(async (path) => {
      await fs.mkdir(join(path, 'real'));
      await fs.symlink(join(path, 'real'), join(path, 'link'));
      for (const name of ['link', 'link/sub']) {
        const directory = await PreadDirectory.open(join(path, name));
        await putFile(directory, 'x', patternBytes(5));
        await directory.sync();
        await directory.close();
      }
      expect((await fs.readdir(join(path, 'real'))).toSorted()).toEqual(['sub', 'x']);
    });
  });

  test('that is a file, or leads through one, is refused', async () => {
    await inTemporary(async (path) => {
      await fs.writeFile(join(path, 'file'), 'x');
      for (const name of ['file', 'file/sub']) {
        await expectCode('STORAGE', () => PreadDirectory.open(join(path, name)), { errno: 'ENOTDIR' });
        await expectCode('STORAGE', () => new PreadDirectory(join(path, name)).list(), { errno: 'ENOTDIR' });
      }
    });
  });

  test('and the options are checked before anything is touched', () => {
    expect(() => new PreadDirectory('')).toThrow(TypeError);
    expect(() => new PreadDirectory('x', { maxOpenFiles: 0 })).toThrow(RangeError);
    expect(() => new PreadDirectory('x', { maxOpenFiles: Number.NaN })).toThrow(RangeError);
    expect(() => new PreadDirectory('x', { syncReadBytes: -1 })).toThrow(RangeError);
    expect(() => new PreadDirectory('x', JSON.parse('{"create":"yes"}') as PreadOptions)).toThrow(TypeError);
  });

  test('and an option that is misspelt is refused, before a module is loaded', () => {
    const misspelt = JSON.parse('{"blockingSync":true}') as PreadOptions;
    const refused = new RangeError(
      'there is no option blockingSync; there are create, maxOpenFiles, syncReadBytes, syncWriteBytes, blockingSyncs, allowUnlocked',
    );
    expect(() => new PreadDirectory('x', misspelt)).toThrow(refused);
    expect(() => preadModule('x', misspelt)).toThrow(refused);
    expect(() => preadModule('x', { maxOpenFiles: 0 })).toThrow(RangeError);
    expect(() => preadModule('x', JSON.parse('null') as PreadOptions)).toThrow(TypeError);
  });
});
