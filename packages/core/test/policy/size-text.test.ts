import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseSize } from '../../src/index.js';

test('a size is a number of bytes with an optional unit', () => {
  expect(parseSize('1')).toBe(1);
  expect(parseSize('512KiB')).toBe(524_288);
  expect(parseSize('1.5 MiB')).toBe(1_572_864);
  expect(parseSize('10GB')).toBe(10_000_000_000);
  expect(parseSize('2TiB')).toBe(2 * 1024 ** 4);
  expect(parseSize('7kB')).toBe(7000);
  expect(parseSize('9B')).toBe(9);
});

test('every whole number of bytes is a size', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), (bytes) => {
      expect(parseSize(String(bytes))).toBe(bytes);
    }),
  );
});

test('what is no whole, positive, safe number of bytes is refused', () => {
  const wrong = [
    '',
    '0',
    '0KiB',
    '-1',
    '1.5',
    'KiB',
    '1kb',
    '1KIB',
    '1iB',
    '1KB ',
    '1  KiB',
    '0x10',
    '1e3',
    '9007199254740992',
    '9TiBs',
    '99999999999TiB',
    '1__proto__',
    'NaN',
    'Infinity',
  ];
  for (const text of wrong) expect(() => parseSize(text), text).toThrow(RangeError);
});
