import { decode, encode } from 'cbor-x';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { bytes, cbor, json, type Serde, string } from '../../src/index.js';

function roundTrip<T>(serde: Serde<T>, value: T): T {
  const serialized = serde.serialize(value);
  expect(serialized.constructor).toBe(Uint8Array);
  expect(serialized.buffer.byteLength).toBe(serialized.length);
  const borrowed = Buffer.from(serialized);
  const back = serde.deserialize(borrowed);
  borrowed.fill(0xff);
  return back;
}

const text = fc
  .tuple(fc.constantFrom('', '', '\ufeff'), fc.string({ unit: 'grapheme', maxLength: 300, size: 'max' }))
  .map(([mark, rest]) => mark + rest);

/** Plain data as CBOR keeps it: -0 is 0. */
const plain = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(
      null,
      undefined,
      true,
      false,
      Number.NaN,
      Infinity,
      2 ** 53 - 1,
      -(2 ** 53) + 1,
      2n ** 64n - 1n,
      1n,
    ),
    fc.integer(),
    fc.maxSafeInteger(),
    fc.double().map((value) => value + 0),
    fc.bigInt({ min: -(2n ** 64n) + 1n, max: 2n ** 64n - 1n }),
    text,
    fc.uint8Array({ maxLength: 300 }),
    fc.array(tie('value'), { maxLength: 30 }),
    fc.dictionary(
      text.filter((key) => key !== '__proto__'),
      tie('value'),
      { maxKeys: 20 },
    ),
  ),
})).value;

test('names are durable', () => {
  expect([bytes(), string(), json(), cbor()].map(({ name }) => name)).toEqual([
    'bytes',
    'string',
    'json',
    'cbor',
  ]);
});

test('bytes are lent, and come back as an own copy, a Buffer too', () => {
  const source = Buffer.from([1, 2, 3]);
  expect(bytes().serialize(source)).toBe(source);
  const read = bytes().deserialize(source);
  source.fill(9);
  expect(read).toEqual(Uint8Array.of(1, 2, 3));
  expect(roundTrip(bytes(), Uint8Array.of(4, 5))).toEqual(Uint8Array.of(4, 5));
  const wrong: unknown = 'text';
  expect(() => bytes().serialize(wrong as Uint8Array)).toThrow(TypeError);
});

test('text comes back, byte order mark included', () => {
  fc.assert(
    fc.property(text, (value) => {
      expect(roundTrip(string(), value)).toBe(value);
    }),
  );
  expect(roundTrip(string(), '\ufeffa')).toBe('\ufeffa');
});

test('what has no UTF-8 and what is no UTF-8 is refused', () => {
  for (const serde of [string(), cbor<string>()]) {
    expect(() => serde.serialize('a\ud800')).toThrow(TypeError);
    expect(() => serde.serialize(`${'x'.repeat(100)}\udc00`)).toThrow(TypeError);
    expect(() => serde.deserialize(Uint8Array.of(0x61, 0xff))).toThrow(TypeError);
  }
  const wrong: unknown = 7;
  expect(() => string().serialize(wrong as string)).toThrow(TypeError);
});

test('json comes back, and what it cannot hold is refused without quoting it', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(roundTrip(json(), value)).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
  const cycle: unknown[] = [];
  cycle.push(cycle);
  for (const value of [undefined, () => 1, Symbol('s'), 1n, cycle]) {
    expect(() => json<unknown>().serialize(value)).toThrow(TypeError);
  }
  expect(() => json().deserialize(new TextEncoder().encode('secret'))).toThrow(/^the bytes are not JSON$/);
});

test('plain data comes back from cbor and refers to nothing', () => {
  fc.assert(
    fc.property(plain, (value) => {
      expect(roundTrip(cbor(), value)).toEqual(value);
    }),
    { numRuns: 1000 },
  );
});

test('an integer of eight bytes is a bigint, a large number stays a number', () => {
  expect(roundTrip<unknown>(cbor(), [5n, 2 ** 40, -(2 ** 40)])).toEqual([5n, 2 ** 40, -(2 ** 40)]);
  expect(cbor().deserialize(Uint8Array.of(0x1b, 0, 0, 0, 1, 0, 0, 0, 0))).toBe(2n ** 32n);
});

test('floats of every size are read, as other writers of CBOR shorten them', () => {
  const floats = {
    f93c00: 1,
    f9c400: -4,
    f97bff: 65_504,
    f90001: 2 ** -24,
    f97c00: Infinity,
    f9fc00: -Infinity,
    f97e00: Number.NaN,
    fa47c35000: 100_000,
  };
  for (const [hex, value] of Object.entries(floats))
    expect(cbor().deserialize(Buffer.from(hex, 'hex'))).toBe(value);
});

/** `cbor` refuses the one key that would change an object's nature: see below. */
const plainValues = fc.jsonValue().filter((value) => !JSON.stringify(value).includes('"__proto__"'));

test('what cbor writes is what any CBOR library reads', () => {
  fc.assert(
    fc.property(plainValues, (value) => {
      expect(decode(cbor().serialize(value))).toEqual(cbor().deserialize(cbor().serialize(value)));
    }),
  );
});

test('cbor refuses values that would not come back as they are', () => {
  const cycle: unknown[] = [];
  cycle.push(cycle);
  const refused = [
    /a/,
    new Error('e'),
    new Date(0),
    new Map(),
    new Set(),
    new URLSearchParams(),
    Object.create({ inherited: 1 }),
    new Float32Array(1),
    new DataView(new ArrayBuffer(1)),
    new ArrayBuffer(1),
    2n ** 64n,
    -(2n ** 64n),
    () => 1,
    Symbol('s'),
    { [Symbol.iterator]: 1 },
    JSON.parse('{"__proto__": 1}'),
    { 'a\ud800': 1 },
    cycle,
  ];
  for (const value of refused) {
    expect(() => cbor().serialize(value)).toThrow(TypeError);
    expect(() => cbor().serialize([{ inside: value }])).toThrow(TypeError);
  }
});

test('cbor refuses bytes that it does not write', () => {
  const foreign = [
    ...[
      /a/,
      new Error('e'),
      new Date(0),
      new Set([1]),
      new Map([[1, 2]]),
      new Float32Array(1),
      2n ** 70n,
    ].map((value) => encode(value)),
    Uint8Array.of(),
    Uint8Array.of(0x01, 0x01),
    Uint8Array.of(0x9f, 0xff),
    Uint8Array.of(0x7f, 0x61, 0x61, 0xff),
    Uint8Array.of(0xa1, 0x01, 0x02),
    Uint8Array.of(0xa1, 0x61, 0x61),
    Uint8Array.of(0x9b, 0, 0, 0, 1, 0, 0, 0, 0),
    Uint8Array.of(0xfb, 0),
    Uint8Array.of(0xf8, 0x20),
    Uint8Array.of(0xe0),
    Uint8Array.of(0x1c),
    Uint8Array.of(0x5a, 0xff, 0xff, 0xff, 0xff),
    Uint8Array.from([0xa1, 0x69, ...new TextEncoder().encode('__proto__'), 0x01]),
  ];
  for (const source of foreign) {
    expect(() => cbor().deserialize(source), Buffer.from(source).toString('hex')).toThrow(TypeError);
  }
});

function nested(depth: number): unknown {
  return Array.from({ length: depth }).reduce((inner) => [inner], null);
}

function nestedBytes(depth: number): Uint8Array {
  return Uint8Array.from({ length: depth + 1 }, (_, i) => (i < depth ? 0x81 : 0xf6));
}

test('depth has the same limit in both directions', () => {
  expect(roundTrip(cbor(), nested(128))).toEqual(nested(128));
  expect(cbor().deserialize(nestedBytes(128))).toEqual(nested(128));
  expect(() => cbor().serialize(nested(129))).toThrow(TypeError);
  expect(() => cbor().deserialize(nestedBytes(129))).toThrow(TypeError);
});

test('random bytes make plain data or a TypeError', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (source) => {
      try {
        const value = cbor().deserialize(source);
        expect(roundTrip(cbor(), value)).toEqual(value);
      } catch (error) {
        expect(error).toBeInstanceOf(TypeError);
      }
    }),
    { numRuns: 20_000 },
  );
});

test('JSON takes no bytes, and tells which serde does', () => {
  for (const value of [
    new Uint8Array(3),
    Buffer.from('abc'),
    new DataView(new ArrayBuffer(1)),
    new ArrayBuffer(1),
  ]) {
    expect(() => json().serialize(value)).toThrow(/value: bytes\(\)/);
  }
});
