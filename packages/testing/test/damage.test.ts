import { crc32 } from 'node:zlib';
import { MemoryDirectory, SeglogError, type StorageDirectory } from '@seglog/core';
import { expect, test } from 'vitest';
import {
  type DamageStudy,
  damage,
  flipBits,
  type MediaFault,
  putFile,
  readFile,
  SimulatedDisk,
} from '../src/index.js';

const roots: readonly (() => StorageDirectory)[] = [
  () => new MemoryDirectory(),
  () => new SimulatedDisk({ seed: 1 }).root,
];

async function damaged(root: StorageDirectory, fault: MediaFault): Promise<(number[] | undefined)[]> {
  await putFile(root, 'a', Uint8Array.of(1, 2, 3, 4, 5));
  await putFile(root, 'b', Uint8Array.of(9));
  await damage(root, fault);
  return Promise.all(
    ['a', 'b'].map(async (name) =>
      (await root.sizeOf(name)) === undefined ? undefined : [...(await readFile(root, name))],
    ),
  );
}

const FAULTS: readonly (readonly [MediaFault, number[] | undefined, number[]])[] = [
  [{ kind: 'flip-bit', name: 'a', bit: 9 }, [1, 0, 3, 4, 5], [9]],
  [{ kind: 'zero', name: 'a', position: 1, bytes: 2 }, [1, 0, 0, 4, 5], [9]],
  [{ kind: 'misdirect', name: 'a', from: 0, to: 3, bytes: 2 }, [1, 2, 3, 1, 2], [9]],
  [{ kind: 'truncate', name: 'a', sizeBytes: 2 }, [1, 2], [9]],
  [{ kind: 'extend', name: 'a', bytes: 2 }, [1, 2, 3, 4, 5, 0, 0], [9]],
  [{ kind: 'missing', name: 'a' }, undefined, [9]],
  [{ kind: 'swap', name: 'a', other: 'b' }, [9], [1, 2, 3, 4, 5]],
  [{ kind: 'replace', name: 'a', content: Uint8Array.of(7, 7) }, [7, 7], [9]],
];

test.each(FAULTS)('%o does what it says, on any disk', async (fault, first, second) => {
  for (const root of roots) expect(await damaged(root(), fault)).toEqual([first, second]);
});

test('garbage changes its range and nothing beside it', async () => {
  for (const root of roots) {
    const [a] = await damaged(root(), { kind: 'garbage', name: 'a', position: 1, bytes: 3 });
    expect(a?.[0]).toBe(1);
    expect(a?.[4]).toBe(5);
    expect(a?.slice(1, 4)).not.toEqual([2, 3, 4]);
    const [longer] = await damaged(root(), { kind: 'extend', name: 'a', bytes: 4, garbage: true });
    expect(longer?.slice(0, 5)).toEqual([1, 2, 3, 4, 5]);
    expect(longer?.slice(5).some((byte) => byte !== 0)).toBe(true);
  }
});

test('damage is durable: no power cut undoes it', async () => {
  const disk = new SimulatedDisk({ seed: 1 });
  await damaged(disk.root, { kind: 'flip-bit', name: 'a', bit: 0 });
  expect(disk.snapshot().pending.filter(({ kind }) => kind !== 'write')).toEqual([]);
  for (const survivor of disk.survivors('strict')) {
    expect([...(await readFile(survivor.disk().root, 'a'))]).toEqual([0, 2, 3, 4, 5]);
  }
});

test('a bit beyond the end is refused', async () => {
  await expect(damaged(new MemoryDirectory(), { kind: 'flip-bit', name: 'a', bit: 40 })).rejects.toThrow(
    RangeError,
  );
});

/** A store of one value with its checksum, which it looks at or not; and one that loses its value without a word. */
function valueStore(mistake?: 'checksum unread' | 'silent loss' | 'untyped error'): DamageStudy<Uint8Array> {
  return {
    name: 'value',
    mayLose: 0,
    async prepare({ root }) {
      const bytes = Buffer.from('....the value');
      bytes.writeUInt32BE(crc32(bytes.subarray(4)));
      await putFile(root, 'value', bytes);
    },
    open: ({ root }) => readFile(root, 'value'),
    async read(found) {
      const bytes = Buffer.from(found);
      const good = crc32(bytes.subarray(4)) === bytes.readUInt32BE(0);
      if (good || mistake === 'checksum unread') return [bytes.subarray(4).toString('latin1')];
      if (mistake === 'silent loss') return [];
      if (mistake === 'untyped error') throw new Error('bad');
      throw new SeglogError('CORRUPT_SEGMENT', 'bad');
    },
  };
}

test('a store that verifies passes every flip, one that does not is found out', async () => {
  const good = await flipBits(valueStore());
  expect(good).toMatchObject({ tried: 13 * 8, refused: 13 * 8, wrong: [] });
  expect((await flipBits(valueStore('checksum unread'))).wrong).toHaveLength(9 * 8);
  expect((await flipBits(valueStore('silent loss'))).wrong).toHaveLength(13 * 8);
  expect((await flipBits(valueStore('untyped error'))).wrong).toHaveLength(13 * 8);
});
