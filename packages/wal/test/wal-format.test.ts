import { readFileSync } from 'node:fs';
import { crc32c, defaultComponents, Log, MemoryDirectory, WriterSession } from '@seglog/core';
import { expect, test } from 'vitest';
import { openWal } from './wal-bench.js';

const page = readFileSync(new URL('../../../docs/format.md', import.meta.url), 'utf8');
const section = page.split('## Write-ahead log\n')[1]?.split('\n## ')[0] ?? '';

function field(source: Uint8Array, name: string): number {
  const row = [...section.matchAll(/^\| (\d+) \| (\d+) \| ([^|]+) \|/gm)].find(
    (cells) => cells[3]?.trim() === name,
  );
  if (row === undefined) throw new Error(`docs/format.md has no field "${name}" below "Write-ahead log"`);
  const [, position, bytes] = row.map(Number);
  return Buffer.from(source).readUIntBE(position ?? 0, bytes ?? 0);
}

const types = new Map(
  [...(section.match(/type \| (.+) \|/)?.[1] ?? '').matchAll(/(\d) (\w+)/g)].map(([, n, name]) => [
    name,
    Number(n),
  ]),
);

/** What a reader finds who knows a log directory and nothing of write-ahead logs. */
async function pieces(root: MemoryDirectory): Promise<{ lsn: number; key: Uint8Array; value: Uint8Array }[]> {
  const directory = await root.directory('wal', { create: false });
  const parts = defaultComponents(directory, undefined);
  const session = await WriterSession.open(root, { ...parts, checksum: crc32c() });
  const log = new Log({ ...parts, epochs: session });
  await log.open();
  const { records } = await log.read(0, { isolation: 'uncommitted' });
  await log.close();
  await session.close({ clean: true });
  return records.map(({ offset, key, value }) => ({
    lsn: offset,
    key: key ?? new Uint8Array(),
    value: value ?? new Uint8Array(),
  }));
}

test('a real write-ahead log, read by the page that describes it', async () => {
  const root = new MemoryDirectory();
  const bench = await openWal(root);
  await bench.wal.append(Buffer.from('short'), { kind: 9 });
  await bench.wal.append(Buffer.from('x'.repeat(450)), { kind: 255 });
  await bench.close();
  const found = await pieces(root);
  expect(found.map(({ lsn }) => lsn)).toEqual([0, 1, 2, 3]);
  const head = (name: string): number[] => found.map(({ key }) => field(key, name));
  expect(head('type')).toEqual(['full', 'first', 'middle', 'last'].map((name) => types.get(name)));
  expect(head('kind')).toEqual([9, 255, 255, 255]);
  expect(head('number')).toEqual([0, 0, 1, 2]);
  expect(found.map(({ value }) => value.length)).toEqual([5, 200, 200, 50]);
  expect(found.every(({ key }) => key.length === 6)).toBe(true);
});

test('a piece of a type that the page does not know is refused, and stays', async () => {
  const root = new MemoryDirectory();
  await (await openWal(root)).close();
  const directory = await root.directory('wal', { create: false });
  const parts = defaultComponents(directory, undefined);
  const session = await WriterSession.open(root, { ...parts, checksum: crc32c() });
  const log = new Log({ ...parts, epochs: session });
  await log.open();
  await log.append([{ key: Uint8Array.of(6, 0, 0, 0, 0, 0), value: new Uint8Array(3) }]);
  await log.close();
  await session.close({ clean: true });
  const bench = await openWal(root);
  await expect(bench.wal.replay(() => undefined)).rejects.toMatchObject({ code: 'UNSUPPORTED_FORMAT' });
  await bench.close();
  expect(await pieces(root)).toHaveLength(1);
});
