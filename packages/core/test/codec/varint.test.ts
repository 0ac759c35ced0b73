import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { readU64, writeU64 } from '../../src/codec/big-endian.js';
import { utf8Bytes, writeUtf8 } from '../../src/codec/utf8.js';
import { varintBytes, writeVarint } from '../../src/codec/varint.js';

function reference(value: bigint): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>= 7n) {
    if (rest < 128n) return [...bytes, Number(rest)];
    bytes.push(Number(rest & 127n) | 128);
  }
}

const edges = Array.from({ length: 54 }, (_, bit) => 2 ** bit).flatMap((power) => [
  power - 1,
  power,
  power + 1,
]);
const numbers = fc.oneof(fc.maxSafeNat(), fc.constantFrom(...edges.filter(Number.isSafeInteger)));

test('a varint is what arithmetic without limits says, and as long as announced', () => {
  fc.assert(
    fc.property(numbers, (value) => {
      const target = new Uint8Array(10);
      const end = writeVarint(target, 1, value);
      expect([...target.subarray(1, end)]).toEqual(reference(BigInt(value)));
      expect(varintBytes(value)).toBe(end - 1);
    }),
    { numRuns: 3000 },
  );
});

test('a u64 is what a DataView reads', () => {
  fc.assert(
    fc.property(numbers, (value) => {
      const view = new DataView(new ArrayBuffer(9));
      writeU64(view, 1, value);
      expect(view.getBigUint64(1)).toBe(BigInt(value));
      expect(readU64(view, 1)).toBe(value);
    }),
  );
});

test('a u64 beyond the safe integers never looks safe', () => {
  const view = new DataView(new ArrayBuffer(8));
  for (const stored of [2n ** 53n, 2n ** 53n + 1n, 2n ** 64n - 1n]) {
    view.setBigUint64(0, stored);
    expect(readU64(view, 0)).toBeGreaterThan(Number.MAX_SAFE_INTEGER);
  }
});

test('text is written as TextEncoder writes it, lone surrogates included', () => {
  const texts = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(fc.integer({ min: 0xd700, max: 0xe0ff })).map((units) => String.fromCharCode(...units)),
  );
  fc.assert(
    fc.property(texts, (text) => {
      const expected = new TextEncoder().encode(text);
      const target = new Uint8Array(expected.length + 2);
      expect(utf8Bytes(text)).toBe(expected.length);
      expect(writeUtf8(target, 1, text)).toBe(expected.length + 1);
      expect([...target]).toEqual([0, ...expected, 0]);
    }),
    { numRuns: 2000 },
  );
});
