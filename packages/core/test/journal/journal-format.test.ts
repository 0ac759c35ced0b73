import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { crc32c, Journal, MemoryDirectory, SlotFile } from '../../src/index.js';
import { fileBytes, seededRandom } from './parts.js';

const page = readFileSync(new URL('../../../../docs/format.md', import.meta.url), 'utf8');
const checksum = crc32c();

interface Row {
  readonly position: number;
  readonly bytes: number;
  readonly field: string;
}

/** The tables with positions below a heading of the page, one after the other. */
function tablesBelow(heading: string): readonly (readonly Row[])[] {
  const section = page.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  return section
    .split('\n\n')
    .map((part) =>
      [...part.matchAll(/^\| (\d+) \| (\d+) \| ([^|]+) \|/gm)].map(([, position, bytes, field]) => ({
        position: Number(position),
        bytes: Number(bytes),
        field: String(field).trim(),
      })),
    )
    .filter((rows) => rows.length > 0);
}

/** Reads fields of one table as the page places them. */
function fieldsOf(
  rows: readonly Row[] | undefined,
  source: Uint8Array,
  base: number,
): (field: string) => bigint {
  return (field) => {
    const row = (rows ?? []).find((one) => one.field === field);
    if (row === undefined) throw new Error(`docs/format.md has no field "${field}"`);
    const start = base + row.position;
    return source
      .subarray(start, start + row.bytes)
      .reduce((number, byte) => (number << 8n) | BigInt(byte), 0n);
  };
}

const magic = (text: string): bigint =>
  Buffer.from(`\xff${text}`, 'latin1').reduce((n, byte) => (n << 8n) | BigInt(byte), 0n);
const crc = (source: Uint8Array, start: number, end: number, seed = 0): bigint =>
  BigInt(checksum.of(source, start, end, seed));

describe('a real journal, read by the page that describes it', () => {
  const [headerTable, frameTable] = tablesBelow('Journal');
  let bytes: Uint8Array;
  let current: string;

  beforeAll(async () => {
    const directory = new MemoryDirectory();
    const options = { prefix: 'MANIFEST', checksum, random: seededRandom(1) };
    const journal = await Journal.create(directory, options, [{ first: 1 }]);
    await journal.append([{ second: 2 }, 'and more']);
    await journal.close();
    bytes = await fileBytes(directory, 'MANIFEST-1');
    current = Buffer.from(await fileBytes(directory, 'CURRENT')).toString();
  });

  test('CURRENT names the file and its id', () => {
    const id = Buffer.from(bytes.subarray(12, 28)).toString('hex');
    const named = `MANIFEST-1 ${id} `;
    const sum = checksum.of(Buffer.from(named), 0, named.length, 0).toString(16).padStart(8, '0');
    expect(current).toBe(`${named}${sum}\n`);
  });

  test('the header', () => {
    const field = fieldsOf(headerTable, bytes, 0);
    expect(field('magic')).toBe(magic('SEGJRNL'));
    expect(field('format version')).toBe(1n);
    expect(field('checksum id')).toBe(1n);
    expect(field('number')).toBe(1n);
    expect(field('first sequence')).toBe(1n);
    expect(field('initial sequence')).toBe(1n);
    expect(field('checksum')).toBe(crc(bytes, 0, 60));
  });

  test('frames: an edit, its mark, another edit, its mark', () => {
    const seed = Number(crc(bytes, 12, 28));
    let position = 64;
    let link = 0n;
    const seen: unknown[] = [];
    while (position < bytes.length) {
      const field = fieldsOf(frameTable, bytes, position);
      const payloadBytes = Number(field('payload bytes'));
      const end = position + 40 + payloadBytes;
      expect(field('previous')).toBe(link);
      expect(field('header checksum')).toBe(crc(bytes, position, position + 32, seed));
      const sum =
        payloadBytes === 0
          ? field('header checksum')
          : crc(bytes, position + 40, end, Number(field('header checksum')));
      expect(field('payload checksum')).toBe(sum);
      const text = Buffer.from(bytes.subarray(position + 40, end)).toString();
      const kind = field('magic') === magic('SJE') ? 'edit' : 'mark';
      if (kind === 'mark') expect(field('magic')).toBe(magic('SJM'));
      seen.push([kind, field('sequence'), field('proven'), text]);
      if (kind === 'edit') link = field('payload checksum');
      position = end;
    }
    expect(position).toBe(bytes.length);
    expect(seen).toEqual([
      ['edit', 1n, 0n, '[{"first":1}]'],
      ['mark', 1n, 1n, ''],
      ['edit', 2n, 1n, '[{"second":2},"and more"]'],
      ['mark', 2n, 2n, ''],
    ]);
  });
});

test('a real slot file, read by the page that describes it', async () => {
  const directory = new MemoryDirectory();
  const slots = new SlotFile(
    directory,
    { name: 'SESSION', checksum },
    { value: undefined, generation: 0, damaged: 0 },
  );
  for (const epoch of [1, 2, 3]) await slots.write({ epoch }, { sync: true });
  await slots.close();
  const bytes = await fileBytes(directory, 'SESSION');
  const [table] = tablesBelow('Slot file');
  for (const [base, generation] of [
    [0, 2],
    [4096, 3],
  ] as const) {
    const field = fieldsOf(table, bytes, base);
    expect(field('magic')).toBe(magic('SEGSLOT'));
    expect(field('format version')).toBe(1n);
    expect(field('generation')).toBe(BigInt(generation));
    const end = base + 32 + Number(field('payload bytes'));
    expect(JSON.parse(Buffer.from(bytes.subarray(base + 32, end)).toString())).toEqual({ epoch: generation });
    expect(field('checksum')).toBe(crc(bytes, base + 32, end, Number(crc(bytes, base, base + 28))));
  }
});
