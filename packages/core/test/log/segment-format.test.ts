import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  crc32c,
  defaultComponents,
  Log,
  MemoryDirectory,
  type SealedSegment,
  SystemClock,
  SystemRandom,
  WriterSession,
} from '../../src/index.js';

const page = readFileSync(new URL('../../../../docs/format.md', import.meta.url), 'utf8');

/** Field name to its place, from the first table below a heading of docs/format.md. */
function fieldsBelow(heading: string): ReadonlyMap<string, { position: number; bytes: number }> {
  const section = page.split(`## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  const rows = section.matchAll(/^\| (\d+) \| (\d+) \| ([^|]+) \|/gm);
  return new Map(
    [...rows].map(([, position, bytes, name]) => [
      String(name).trim(),
      { position: Number(position), bytes: Number(bytes) },
    ]),
  );
}

function read(source: Uint8Array, base: number, heading: string, name: string): bigint {
  const field = fieldsBelow(heading).get(name);
  if (field === undefined) throw new Error(`docs/format.md has no field "${name}" below "${heading}"`);
  let value = 0n;
  for (let i = 0; i < field.bytes; i++)
    value = (value << 8n) | BigInt(source[base + field.position + i] ?? 0);
  return value;
}

const ascii = (text: string): bigint => BigInt(`0x${Buffer.from(text, 'latin1').toString('hex')}`);

describe('a real segment, read by the page that describes it', () => {
  let bytes: Uint8Array;
  let sealed: SealedSegment;
  let epoch: number;

  beforeAll(async () => {
    const root = new MemoryDirectory();
    const parts = { clock: new SystemClock(), random: new SystemRandom(), checksum: crc32c() };
    const session = await WriterSession.open(root, parts);
    epoch = session.epoch;
    const directory = await root.directory('log', { create: true });
    const log = new Log(defaultComponents(directory, session));
    await log.open();
    await log.append([
      { value: Uint8Array.of(1, 2, 3), timestampMs: 5000 },
      { value: null, timestampMs: 6000 },
    ]);
    await log.append([{ key: Uint8Array.of(9), value: new Uint8Array(300), timestampMs: 4000 }]);
    sealed = await log.roll();
    const file = `${'0'.repeat(20)}-${sealed.id}.log`;
    const size = (await directory.sizeOf(file)) ?? 0;
    const reader = await directory.openReader(file, { sealed: true, writtenBytes: () => size });
    bytes = (await reader.read(0, new Uint8Array(size))).slice();
    await reader.close();
    await log.close();
  });

  test('has its header where the page says', () => {
    const at = (name: string): bigint => read(bytes, 0, 'Segment header', name);
    expect(at('magic')).toBe(ascii('SEGLOGS1'));
    expect(at('format version')).toBe(1n);
    expect(at('lowest reader version')).toBe(1n);
    expect(at('codec id')).toBe(1n);
    expect(at('checksum id')).toBe(1n);
    expect(at('segment id')).toBe(BigInt(`0x${sealed.id}`));
    expect(at('predecessor')).toBe(0n);
    expect(at('base offset')).toBe(0n);
    expect(at('created at')).toBe(BigInt(sealed.createdAtMs));
    expect(at('checksum')).toBe(BigInt(crc32c().of(bytes, 0, 124, 0)));
    expect(at('longest frame')).toBe(32n * 1024n * 1024n);
    expect(at('reserved')).toBe(0n);
  });

  test('has its first frame behind the header', () => {
    const at = (name: string): bigint => read(bytes, 128, 'Frames', name);
    expect(at('count')).toBe(2n);
    expect(at('tombstones')).toBe(1n);
    expect(at('base offset')).toBe(0n);
    expect(at('last offset delta')).toBe(1n);
    expect(at('epoch')).toBe(BigInt(epoch));
    expect(at('lowest timestamp')).toBe(5000n);
    expect(at('highest timestamp')).toBe(6000n);
    const logId = bytes.subarray(16, 32);
    const salt = bytes.subarray(64, 68);
    const seed = crc32c().of(salt, 0, 4, crc32c().of(logId, 0, 16, 0));
    expect(at('header checksum')).toBe(BigInt(crc32c().of(bytes, 128, 128 + 84, seed)));
  });

  test('has its footer at the end', () => {
    const base = bytes.length - 128;
    const at = (name: string): bigint => read(bytes, base, 'Segment footer', name);
    expect(at('magic')).toBe(ascii('SEGLOGF1'));
    expect(at('segment id')).toBe(BigInt(`0x${sealed.id}`));
    expect(at('end position')).toBe(BigInt(base));
    expect(at('next offset')).toBe(3n);
    expect(at('records')).toBe(3n);
    expect(at('lowest timestamp')).toBe(4000n);
    expect(at('highest timestamp')).toBe(6000n);
    expect(at('tombstones')).toBe(1n);
    expect(at('frames checksum')).toBe(BigInt(sealed.framesChecksum));
    expect(at('reason of the roll')).toBe(0n);
    expect(at('checksum')).toBe(BigInt(crc32c().of(bytes, base, base + 124, 0)));
  });
});
