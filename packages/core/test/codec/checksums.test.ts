import * as fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { ChecksumTable } from '../../src/codec/checksum-table.js';
import { nativeChecksum } from '../../src/codec/native-checksum.js';
import { checksumAcceleration, crc32, crc32c } from '../../src/index.js';

const kinds = [
  { checksum: crc32c(), table: new ChecksumTable(0x82f63b78), digits: 0xe3069283 },
  { checksum: crc32(), table: new ChecksumTable(0xedb88320), digits: 0xcbf43926 },
];
const digits = new TextEncoder().encode('123456789');

test('the published check values come out', () => {
  for (const { checksum, table, digits: expected } of kinds) {
    expect(checksum.of(digits, 0, 9, 0)).toBe(expected);
    expect(table.of(digits, 0, 9, 0)).toBe(expected);
  }
});

test('ids and names are stable', () => {
  expect(kinds.map(({ checksum }) => `${checksum.id} ${checksum.name}`)).toEqual(['1 crc32c', '2 crc32']);
  expect(['native', 'javascript']).toContain(checksumAcceleration());
});

test('a long range gives what the table in JavaScript gives, from any seed and position', () => {
  const ranges = fc.tuple(
    fc.uint8Array({ maxLength: 2000 }),
    fc.nat(300),
    fc.nat(300),
    fc.integer({ min: 0, max: 0xffffffff }),
  );
  for (const { checksum, table } of kinds) {
    fc.assert(
      fc.property(ranges, ([source, cutStart, cutEnd, seed]) => {
        const start = Math.min(cutStart, source.length);
        const end = Math.max(start, source.length - cutEnd);
        expect(checksum.of(source, start, end, seed)).toBe(table.of(source, start, end, seed));
      }),
      { numRuns: 2000 },
    );
  }
});

test('a checksum goes on where another one ended', () => {
  for (const { checksum } of kinds) {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 1000 }), fc.nat(1000), (source, cut) => {
        const middle = Math.min(cut, source.length);
        const whole = checksum.of(source, 0, source.length, 0);
        expect(checksum.of(source, middle, source.length, checksum.of(source, 0, middle, 0))).toBe(whole);
      }),
      { numRuns: 1000 },
    );
  }
});

test('a native function that is not there, or does not prove itself, is not used', () => {
  expect(nativeChecksum('crc33', 1)).toBeUndefined();
  expect(nativeChecksum('crc32', 1)).toBeUndefined();
});

test.each([
  ['crc32c', crc32c, 0x82f63b78, crc32],
  ['crc32', crc32, 0xedb88320, crc32c],
] as const)(
  '%s takes another native function, and only one that computes it',
  (name, make, polynomial, other) => {
    const table = new ChecksumTable(polynomial);
    const calls: number[] = [];
    const checksum = make((input, seed) => {
      calls.push(input.length);
      return table.of(input, 0, input.length, seed);
    });
    expect([checksum.id, checksum.name]).toEqual([make().id, name]);
    const source = Uint8Array.from({ length: 5000 }, (_, i) => i * 11);
    calls.length = 0;
    expect(checksum.of(source, 5, 4990, 3)).toBe(make().of(source, 5, 4990, 3));
    expect(checksum.of(source, 5, 100, 3)).toBe(make().of(source, 5, 100, 3));
    expect(calls).toEqual([4985]);
    for (const wrong of [
      (input: Uint8Array, seed: number) => other().of(input, 0, input.length, seed),
      (input: Uint8Array, seed: number) => make().of(input, 0, input.length, seed) | 0,
      (input: Uint8Array) => make().of(input, 0, input.length, 0),
      (input: Uint8Array, seed: number) => make().of(input, 0, Math.min(input.length, 4096), seed),
      (input: Uint8Array, seed: number) => make().of(input, 0, Math.min(input.length, 100_000), seed),
      (input: Uint8Array, seed: number) => make().of(input, 0, input.length, Math.min(seed, 2 ** 31 - 1)),
    ]) {
      expect(() => make(wrong)).toThrow(RangeError);
    }
    expect(() => make((input, seed) => make().of(input, 0, input.length, seed) | 0)).toThrow('unsigned');
    const cause = new TypeError('a Buffer is wanted');
    const fails = (): number => {
      throw cause;
    };
    expect(() => make(fails)).toThrow(expect.objectContaining({ name: 'RangeError', cause }));
  },
);

test('where no native package can be loaded, as in a browser, checksums are the same', async () => {
  const none = vi.spyOn(process, 'getBuiltinModule').mockImplementation(() => {
    throw new Error('there is no such thing here');
  });
  vi.resetModules();
  try {
    const elsewhere = await import('../../src/codec/checksums.js');
    expect(elsewhere.checksumAcceleration()).toBe('javascript');
    const source = Uint8Array.from({ length: 5000 }, (_, i) => i * 7);
    for (const [one, other] of [
      [crc32c(), elsewhere.crc32c()],
      [crc32(), elsewhere.crc32()],
    ] as const) {
      expect(other.of(source, 3, 4999, 5)).toBe(one.of(source, 3, 4999, 5));
    }
  } finally {
    none.mockRestore();
    vi.resetModules();
  }
});

test('a range outside the source is refused', () => {
  for (const { checksum } of kinds) {
    for (const [start, end] of [
      [-1, 3],
      [4, 3],
      [0, 10],
      [Number.NaN, 3],
      [0, Number.NaN],
    ] as const) {
      expect(() => checksum.of(digits, start, end, 0)).toThrow(RangeError);
    }
    expect(checksum.of(digits, 9, 9, 77)).toBe(77);
  }
});
