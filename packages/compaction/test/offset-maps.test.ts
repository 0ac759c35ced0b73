import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exactOffsetMap, hashedOffsetMap, type OffsetMapFactory } from '../src/index.js';
import { KeyBatch } from '../src/key-batch.js';
import { keyHash32, keyHash128 } from '../src/key-hash.js';

/** Few different hashes, so that different keys meet in one place again and again. */
const coarse: OffsetMapFactory = {
  ...hashedOffsetMap({
    hash: (source, { position, keyBytes }, into) => into.fill(keyHash32(source, position, keyBytes) % 7),
  }),
  name: 'hashed, with seven hashes',
};
const MAPS: readonly OffsetMapFactory[] = [
  exactOffsetMap(),
  hashedOffsetMap(),
  exactOffsetMap({ maxBytes: 2048 }),
  hashedOffsetMap({ maxBytes: 2048 }),
  coarse,
];

const keys = fc.array(fc.uint8Array({ maxLength: 24 }), { minLength: 1, maxLength: 12 });
const chosen = fc.array(fc.nat(1000), { minLength: 1, maxLength: 200 });
const nameOf = (key: Uint8Array): string => Buffer.from(key).toString('latin1');

describe.each(MAPS.map((map) => [map.name, map] as const))('the map %s', (_, factory) => {
  test('knows the latest offset of each key, or does not answer, and never answers for another key', () => {
    const property = fc.property(keys, chosen, fc.nat(40), (pool, choices, start) => {
      const records = choices.map((choice) => pool[choice % pool.length] as Uint8Array);
      const map = factory.create({ maxRecords: records.length });
      const model = new Map<string, number>();
      let taken = records.length;
      for (const [offset, key] of records.entries()) {
        const source = padded(key, start);
        if (!map.put(source, start, key.length, offset)) {
          taken = offset;
          break;
        }
        model.set(nameOf(key), offset);
      }
      expect(taken).toBeGreaterThan(0);
      for (const [offset, key] of records.slice(0, taken).entries())
        map.verify?.(padded(key, start), start, key.length, offset);
      for (const [offset, key] of records.slice(0, taken).entries()) {
        const latest = map.latest(padded(key, start), start, key.length);
        const expected = model.get(nameOf(key)) ?? -1;
        // What a map is not sure of, or what has no older record, it need not tell.
        if (latest !== expected) expect([latest, map.verify !== undefined]).toEqual([-1, true]);
        if (latest !== expected && map.certain === true) expect(expected).toBe(offset);
      }
      // A pass asks for no key that it has not verified.
      if (factory === coarse) return;
      const stranger = Uint8Array.of(1, 2, 3);
      expect(map.latest(stranger, 0, 3)).toBe(model.get(nameOf(stranger)) ?? -1);
    });
    fc.assert(property, { numRuns: 300, seed: 3 });
  });
});

/** The key somewhere in other bytes. */
function padded(key: Uint8Array, start: number): Uint8Array {
  const source = new Uint8Array(start + key.length + 5).fill(0xaa);
  source.set(key, start);
  return source;
}

test.each([exactOffsetMap, hashedOffsetMap])('a map keeps within its bound, whatever comes', (make) => {
  for (const maxBytes of [4096, 100_000, 3_000_000]) {
    const map = make({ maxBytes }).create({ maxRecords: Number.MAX_SAFE_INTEGER });
    let offset = 0;
    const key = new Uint8Array(40);
    while (offset < 200_000) {
      new DataView(key.buffer).setUint32(3, offset);
      if (!map.put(key, 0, 3 + (offset % 37) + 4, offset)) break;
      offset += 1;
    }
    expect(offset).toBeGreaterThan(10);
    expect(map.memoryBytes).toBeLessThanOrEqual(maxBytes);
    const seen = Math.min(offset, 1000);
    for (let i = 0; i < seen; i += 1) {
      new DataView(key.buffer).setUint32(3, i);
      map.verify?.(key, 0, 3 + (i % 37) + 4, -1);
    }
    expect(map.memoryBytes).toBeLessThanOrEqual(maxBytes);
  }
});

test.each(MAPS.map((map) => [map.name, map] as const))(
  'the map %s tells of keys that it was told to expect what it tells of others',
  (_, factory) => {
    const records = Array.from({ length: 30 }, (_record, i) => Uint8Array.of(i % 20, 7));
    const told = [true, false].map((expecting) => {
      const map = factory.create({ maxRecords: 100 });
      const source = new Uint8Array(60);
      const batch = new KeyBatch();
      for (const [i, key] of records.entries()) {
        source.set(key, i * 2);
        batch.source = source;
        batch.positions[i] = i * 2;
        batch.lengths[i] = 2;
        batch.count = i + 1;
      }
      if (expecting) map.expect?.(batch);
      const taken = records.map((_key, i) => map.put(source, i * 2, 2, i));
      if (expecting) map.expect?.(batch);
      for (const i of records.keys()) map.verify?.(source, i * 2, 2, i);
      return [taken, records.map((_key, i) => map.latest(source, i * 2, 2)), map.size];
    });
    expect(told[0]).toEqual(told[1]);
  },
);

test('offsets are kept whole, keys of any length are told apart, and one that is longer than the bound is taken first', () => {
  const map = exactOffsetMap({ maxBytes: 8192 }).create({ maxRecords: 10 });
  const long = new Uint8Array(20_000).fill(3);
  const last = Number.MAX_SAFE_INTEGER;
  expect(map.put(long, 0, 20_000, last)).toBe(true);
  expect(map.put(long, 0, 19_999, 1)).toBe(false);
  expect([map.latest(long, 0, 20_000), map.latest(long, 0, 19_999)]).toEqual([last, -1]);
  const roomy = exactOffsetMap().create({ maxRecords: 10 });
  for (const [i, bytes] of [0, 1, 3, 4, 15, 16, 17, 1_500_000, 5].entries())
    expect(roomy.put(new Uint8Array(bytes), 0, bytes, 2 ** 40 + i)).toBe(true);
  const lengths = [0, 1, 3, 4, 15, 16, 17, 1_500_000, 5];
  expect(lengths.map((bytes) => roomy.latest(new Uint8Array(bytes), 0, bytes) - 2 ** 40)).toEqual([
    0, 1, 2, 3, 4, 5, 6, 7, 8,
  ]);
});

test('a bound that holds nothing is refused', () => {
  for (const maxBytes of [0, 100, 1.5, Number.NaN, 2 ** 40]) {
    expect(() => exactOffsetMap({ maxBytes })).toThrow(RangeError);
    expect(() => hashedOffsetMap({ maxBytes })).toThrow(RangeError);
  }
});

test('hashes depend on every byte, the length, and nothing around the key', () => {
  const into = [new Uint32Array(4), new Uint32Array(4)] as const;
  const hash = (source: Uint8Array, position: number, keyBytes: number): readonly number[] => {
    keyHash128(source, { position, keyBytes }, into[0]);
    return [keyHash32(source, position, keyBytes), ...into[0]];
  };
  for (let length = 0; length <= 40; length += 1) {
    const key = Uint8Array.from({ length }, (_, i) => i * 7);
    const plain = hash(padded(key, 0), 0, length);
    expect(hash(padded(key, 13), 13, length)).toEqual(plain);
    expect(hash(padded(key, 0), 0, length + 1)).not.toEqual(plain);
    for (let i = 0; i < length; i += 1) {
      const other = key.map((byte, at) => (at === i ? byte ^ 0x80 : byte));
      expect(hash(padded(other, 0), 0, length)).not.toEqual(plain);
    }
  }
});
