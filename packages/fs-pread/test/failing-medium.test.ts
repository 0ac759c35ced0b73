import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expectBytes, expectCode, patternBytes } from '@seglog/testing';
import { expect, test } from 'vitest';
import { DescriptorPool } from '../src/descriptor-pool.js';
import { type FileCalls, nodeFileCalls } from '../src/file-calls.js';
import { OPEN_NEW, OPEN_TO_READ } from '../src/open-flags.js';
import { PreadFile } from '../src/pread-file.js';
import { PreadReader } from '../src/pread-reader.js';
import { Scope } from '../src/scope.js';
import { faultyCalls, osError } from './faulty-calls.js';

/** A new file on the real disk, through calls of which some fail. */
async function withFile(
  replaced: Partial<FileCalls>,
  use: (file: PreadFile, pool: DescriptorPool, path: string) => Promise<void>,
): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), 'seglog-pread-'));
  const pool = new DescriptorPool(faultyCalls(replaced), 512);
  const scope = new Scope();
  try {
    const path = join(root, 'a');
    await use(new PreadFile('a', pool, await pool.open(path, OPEN_NEW), scope), pool, path);
  } finally {
    await scope.close();
    await rm(root, { recursive: true });
  }
}

test('after a failed sync the file refuses everything, and no sync is tried again', async () => {
  let syncs = 0;
  const fdatasync = async (): Promise<void> => {
    syncs += 1;
    throw osError('EIO');
  };
  await withFile({ fdatasync }, async (file) => {
    await file.write(0, [patternBytes(10)]);
    const failure = await expectCode('STORAGE', () => file.sync(), {
      call: 'fdatasync',
      errno: 'EIO',
      name: 'a',
    });
    for (const call of [
      () => file.sync(),
      () => file.write(0, [patternBytes(1)]),
      () => file.truncate(0),
      () => file.preallocate(100),
    ]) {
      const error = await expectCode('STORAGE', call);
      expect(error.cause).toBe(failure);
    }
    expect(syncs).toBe(1);
  });
});

test.each(['EINTR', 'EAGAIN'])('a sync that ends with %s is a failed one', async (errno) => {
  let syncs = 0;
  const fdatasync = async (): Promise<void> => {
    syncs += 1;
    throw osError(errno);
  };
  await withFile({ fdatasync }, async (file) => {
    await expectCode('STORAGE', () => file.sync(), { errno });
    await expectCode('STORAGE', () => file.sync());
    expect(syncs).toBe(1);
  });
});

test.each([
  ['ENOSPC', 'STORAGE_FULL'],
  ['EDQUOT', 'STORAGE_FULL'],
  ['EIO', 'STORAGE'],
  ['EROFS', 'STORAGE'],
] as const)(
  'a write that ends with %s rejects with %s and the facts, and tells how long the file is',
  async (errno, code) => {
    let writes = 0;
    const write: FileCalls['write'] = async (descriptor, chunks, position) => {
      writes += 1;
      if (writes === 1)
        return nodeFileCalls.write(descriptor, [chunks[0]?.subarray(0, 7) ?? new Uint8Array(0)], position);
      if (writes === 2) throw osError(errno);
      return nodeFileCalls.write(descriptor, chunks, position);
    };
    await withFile({ write }, async (file) => {
      const error = await expectCode(code, () => file.write(0, [patternBytes(100)]), {
        call: 'write',
        name: 'a',
        errno,
      });
      expect(error.cause).toMatchObject({ code: errno });
      expect(file.sizeBytes).toBe(7);
      await file.truncate(0);
      await file.write(0, [patternBytes(20)]);
      expect(file.sizeBytes).toBe(20);
      await file.sync();
    });
  },
);

test('space that cannot be preallocated is given back', async () => {
  let writes = 0;
  const write: FileCalls['write'] = async (descriptor, chunks, position) => {
    writes += 1;
    if (writes === 3) throw osError('ENOSPC');
    return nodeFileCalls.write(descriptor, chunks, position);
  };
  await withFile({ write }, async (file) => {
    await file.write(0, [patternBytes(1000)]);
    await expectCode('STORAGE_FULL', () => file.preallocate(3_000_000));
    expect(file.sizeBytes).toBe(1000);
    await file.preallocate(3_000_000);
    expect(file.sizeBytes).toBe(3_000_000);
  });
});

test('a read that fails rejects on either thread, and the reader goes on', async () => {
  let failing = true;
  const replaced: Partial<FileCalls> = {
    read: async (...read) => (failing ? Promise.reject(osError('EIO')) : nodeFileCalls.read(...read)),
    readSync: (...read) => {
      if (failing) throw osError('EIO');
      return nodeFileCalls.readSync(...read);
    },
  };
  await withFile(replaced, async (file, pool, path) => {
    await file.write(0, [patternBytes(100)]);
    for (const syncReadBytes of [0, 1000]) {
      failing = true;
      const opened = await pool.open(path, OPEN_TO_READ);
      const settings = { name: 'a', sealed: true, writtenBytes: () => 100, syncReadBytes };
      const reader = new PreadReader(settings, pool, opened.file, new Scope());
      await expectCode('STORAGE', async () => reader.read(0, new Uint8Array(100)), {
        call: 'read',
        errno: 'EIO',
      });
      failing = false;
      expectBytes(await reader.read(0, new Uint8Array(100)), patternBytes(100));
      await reader.close();
    }
  });
});

test('a close that fails is told once, and the file is closed', async () => {
  let closes = 0;
  const close = async (descriptor: number): Promise<void> => {
    closes += 1;
    await nodeFileCalls.close(descriptor);
    throw osError('EIO');
  };
  await withFile({ close }, async (file) => {
    await file.write(0, [patternBytes(10)]);
    await expectCode('STORAGE', () => file.close(), { call: 'close', errno: 'EIO' });
    await expectCode('LOG_CLOSED', () => file.write(0, [patternBytes(1)]));
    expect(file.descriptors).toBe(0);
    expect(closes).toBe(1);
  });
});
