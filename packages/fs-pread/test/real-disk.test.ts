import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { contentOf, expectBytes, expectCode, patternBytes, putFile, readAt } from '@seglog/testing';
import { describe, expect, type TestContext, test } from 'vitest';
import { PreadDirectory } from '../src/index.js';
import { createRoot, type TemporaryRoot } from './temporary-root.js';

const LIMITED = fileURLToPath(new URL('./children/limited.mjs', import.meta.url));

async function withRoot(use: (root: TemporaryRoot) => Promise<void>): Promise<void> {
  const root = await createRoot();
  try {
    await use(root);
  } finally {
    await root.dispose();
  }
}

/** Runs the test on a file system of 1 MiB; where the system mounts none, the test is counted as skipped. */
async function onSmallDisk(context: TestContext, use: (path: string) => Promise<void>): Promise<void> {
  const path = await fs.mkdtemp(join(tmpdir(), 'seglog-small-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m,mode=0700', 'tmpfs', path]);
  try {
    context.skip(mounted.status !== 0, 'a small file system cannot be mounted here');
    await use(path);
  } finally {
    if (mounted.status === 0) spawnSync('umount', ['-l', path]);
    await fs.rm(path, { recursive: true, force: true });
  }
}

function runLimited(limit: string, path: string, what: string): unknown {
  const script = `ulimit ${limit}; exec "$0" "$@"`;
  const run = spawnSync('sh', ['-c', script, process.execPath, LIMITED, path, what], { encoding: 'utf8' });
  expect(run.stderr).toBe('');
  return JSON.parse(run.stdout);
}

describe('a disk without space', () => {
  test('refuses with STORAGE_FULL, and goes on when there is space again', async (context) => {
    await onSmallDisk(context, async (path) => {
      const directory = await PreadDirectory.open(path);
      await putFile(directory, 'ballast', patternBytes(600_000));
      const file = await directory.create('a');
      await file.write(0, [patternBytes(1000)]);
      await expectCode('STORAGE_FULL', () => file.write(1000, [patternBytes(900_000)]), {
        call: 'write',
        errno: 'ENOSPC',
      });
      await file.truncate(1000);
      await file.sync();
      await expectCode('STORAGE_FULL', () => file.preallocate(900_000), { errno: 'ENOSPC' });
      expect(file.sizeBytes).toBe(1000);
      expectBytes(await contentOf(directory, 'a'), patternBytes(1000));
      await directory.remove('ballast');
      await file.write(1000, [patternBytes(700_000, 2)]);
      await file.sync();
      expectBytes((await contentOf(directory, 'a')).subarray(1000), patternBytes(700_000, 2));
      await directory.close();
    });
  });

  test('can still be locked', async (context) => {
    await onSmallDisk(context, async (path) => {
      const directory = await PreadDirectory.open(path);
      const ballast = await directory.create('ballast');
      await expectCode('STORAGE_FULL', () => ballast.write(0, [new Uint8Array(2_000_000)]));
      const held = await directory.lock('LOCK');
      await expectCode('LOG_LOCKED', () => directory.lock('LOCK'));
      await held[Symbol.asyncDispose]();
      await directory.close();
    });
  });
});

test('a disk that cannot be written is read, and every change is refused', async (context) => {
  await onSmallDisk(context, async (path) => {
    const writer = await PreadDirectory.open(path);
    await putFile(writer, 'a', patternBytes(100));
    await writer.close();
    expect(spawnSync('mount', ['-o', 'remount,ro', path]).status).toBe(0);
    const directory = new PreadDirectory(path);
    expectBytes(await contentOf(directory, 'a'), patternBytes(100));
    const refused = { errno: 'EROFS' };
    await expectCode('STORAGE', () => directory.create('b'), refused);
    await expectCode('STORAGE', () => directory.open('a'), refused);
    await expectCode('STORAGE', () => directory.lock('LOCK'), refused);
    await expectCode('STORAGE', () => directory.rename('a', 'b'), refused);
    await expectCode('STORAGE', () => directory.remove('a'), refused);
    await expectCode('STORAGE', () => directory.directory('child', { create: true }), refused);
    await directory.close();
  });
});

describe('limits of the process', () => {
  test('a write that the system cuts short is carried on, and its refusal is told', async () => {
    await withRoot(async ({ path }) => {
      const told = runLimited('-f 200', path, 'bytes') as { sizeBytes: number };
      expect(told).toMatchObject({ code: 'STORAGE', call: 'write', errno: 'EFBIG', after: 1000 });
      expect([200 * 512, 200 * 1024]).toContain(told.sizeBytes);
    });
  });

  test('a process with few descriptors reads many files', async () => {
    await withRoot(async ({ path }) => {
      const told = runLimited('-n 256', path, 'descriptors');
      expect(told).toMatchObject({ wrong: [], listed: 1001 });
    });
  });
});

describe('what is not ours', () => {
  test('a link is listed as other, and never followed', async () => {
    await withRoot(async ({ directory, path }) => {
      const outside = await createRoot();
      await putFile(outside.directory, 'secret', patternBytes(10));
      await fs.symlink(join(outside.path, 'secret'), join(path, 'file'));
      await fs.symlink(outside.path, join(path, 'child'));
      await fs.symlink(join(outside.path, 'new'), join(path, 'dangling'));
      for (const name of ['file', 'child', 'dangling']) {
        await expectCode('STORAGE', () => directory.open(name));
        await expectCode('STORAGE', () =>
          directory.openReader(name, { sealed: true, writtenBytes: () => 10 }),
        );
        await expectCode('STORAGE', () => directory.withDescriptor(name, () => 0));
        await expectCode('STORAGE', () => directory.create(name), { errno: 'EEXIST' });
        await expectCode('STORAGE', () => directory.lock(name));
        await expectCode('STORAGE', () => directory.rename(name, 'moved'));
        for (const create of [true, false]) {
          await expectCode('STORAGE', () => directory.directory(name, { create }), { errno: 'ENOTDIR' });
        }
        expect(await directory.sizeOf(name)).toBe(undefined);
      }
      expect((await directory.list()).map((entry) => entry.kind)).toEqual(['other', 'other', 'other']);
      for (const name of ['file', 'child', 'dangling']) await directory.remove(name);
      expect(await directory.list()).toEqual([]);
      expect(await outside.directory.list()).toEqual([{ name: 'secret', kind: 'file' }]);
      expectBytes(await contentOf(outside.directory, 'secret'), patternBytes(10));
      await outside.dispose();
    });
  });

  test('a removed child takes the links in it along, not what they point to', async () => {
    await withRoot(async ({ directory, path }) => {
      const outside = await createRoot();
      await putFile(outside.directory, 'secret', patternBytes(10));
      await directory.directory('child', { create: true });
      await fs.symlink(outside.path, join(path, 'child', 'link'));
      await directory.remove('child');
      expectBytes(await contentOf(outside.directory, 'secret'), patternBytes(10));
      await outside.dispose();
    });
  });

  test('a pipe in the place of a file is refused at once', async () => {
    await withRoot(async ({ directory, path }) => {
      expect(spawnSync('mkfifo', [join(path, 'pipe')]).status).toBe(0);
      await expectCode('STORAGE', () =>
        directory.openReader('pipe', { sealed: true, writtenBytes: () => 1 }),
      );
      await expectCode('STORAGE', () => directory.open('pipe'));
      await expectCode('STORAGE', () => directory.lock('pipe'));
      expect(await directory.list()).toEqual([{ name: 'pipe', kind: 'other' }]);
      expect(directory.descriptors).toBe(0);
    });
  });
});

test('what is made is for its owner alone, whatever the umask', async () => {
  const before = process.umask(0);
  try {
    await withRoot(async ({ directory, path }) => {
      const child = await directory.directory('child', { create: true });
      await putFile(child, 'a', patternBytes(1));
      await (await child.lock('LOCK'))[Symbol.asyncDispose]();
      const deep = await PreadDirectory.open(join(path, 'x', 'y'));
      await deep.close();
      const modes = await Promise.all(
        ['child', 'child/a', 'child/LOCK', 'x', 'x/y'].map((name) => fs.stat(join(path, name))),
      );
      expect(modes.map((stats) => (stats.mode & 0o777).toString(8))).toEqual([
        '700',
        '600',
        '600',
        '700',
        '700',
      ]);
    });
  } finally {
    process.umask(before);
  }
});

test('a write of more than one call may carry is whole', { timeout: 120_000 }, async () => {
  await withRoot(async ({ directory }) => {
    const part = patternBytes(1024 * 1024 + 1);
    const parts = Array.from({ length: 70 }, () => part);
    const file = await directory.create('a');
    await file.write(3, [...parts.slice(0, 35), Buffer.concat(parts.slice(35))]);
    await file.sync();
    expect(file.sizeBytes).toBe(3 + 70 * part.length);
    const reader = await directory.openReader('a', { sealed: true, writtenBytes: () => file.sizeBytes });
    for (let at = 0; at < 70; at += 1)
      expectBytes(await readAt(reader, 3 + at * part.length, part.length), part);
    await reader.close();
    await file.close();
  });
});
