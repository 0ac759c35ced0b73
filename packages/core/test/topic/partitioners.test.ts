import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  byKey,
  explicit,
  murmur2,
  type RandomSource,
  roundRobin,
  SeglogError,
  sticky,
} from '../../src/index.js';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** The same chance in every run. */
function seeded(seed: number): RandomSource {
  let state = seed;
  return {
    bytes: (count) =>
      Uint8Array.from({ length: count }, () => {
        state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
        return state >>> 16;
      }),
  };
}

describe('murmur2', () => {
  test('is that of the Kafka clients', () => {
    const known: [string, number][] = [
      ['21', -973_932_308],
      ['foobar', -790_332_482],
      ['a-little-bit-long-string', -985_981_536],
      ['a-little-bit-longer-string', -1_486_304_829],
      ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58_897_971],
      ['abc', 479_470_107],
    ];
    for (const [text, hash] of known) expect(murmur2(bytesOf(text)), text).toBe(hash);
  });

  test('reads its bytes wherever they lie', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.nat(7), (data, shift) => {
        const larger = new Uint8Array(data.length + shift + 3).fill(0xee);
        larger.set(data, shift);
        expect(murmur2(larger.subarray(shift, shift + data.length))).toBe(murmur2(data));
      }),
    );
  });
});

describe('byKey', () => {
  test('sends a key where a Kafka client would', () => {
    const partitioner = byKey({ random: seeded(1) })();
    expect(partitioner.name).toBe('murmur2');
    expect(partitioner.partition(bytesOf('foobar'), 10, 1)).toBe((-790_332_482 & 0x7fffffff) % 10);
    expect(partitioner.partition(bytesOf('abc'), 1000, 1)).toBe(107);
    expect(partitioner.partition(bytesOf('21'), 1, 1)).toBe(0);
  });

  test('keeps a key, the empty one too, in its partition whatever comes between', () => {
    fc.assert(
      fc.property(
        fc.array(fc.option(fc.uint8Array({ maxLength: 6 })), { maxLength: 30 }),
        fc.integer({ min: 1, max: 50 }),
        (keys, count) => {
          const one = byKey({ random: seeded(1), stickyBytes: 5 })();
          const other = byKey({ random: seeded(2) })();
          for (const key of keys) {
            const partition = one.partition(key, count, 3);
            expect(partition).toBeGreaterThanOrEqual(0);
            expect(partition).toBeLessThan(count);
            if (key !== null) expect(other.partition(key, count, 900)).toBe(partition);
          }
        },
      ),
    );
  });
});

describe('sticky', () => {
  test('stays for its bytes and then goes to another partition', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer({ min: 1, max: 20 }),
        fc.array(fc.nat(400), { minLength: 1, maxLength: 60 }),
        (seed, count, sizes) => {
          const partitioner = sticky({ random: seeded(seed), stickyBytes: 1000 })();
          let [current, bytes] = [-1, 0];
          for (const size of sizes) {
            const chosen = partitioner.partition(null, count, size);
            expect(chosen >= 0 && chosen < count).toBe(true);
            if (current === -1) current = chosen;
            const moves = bytes >= 1000;
            expect(chosen === current).toBe(!moves || count === 1);
            bytes = moves ? size : bytes + size;
            current = chosen;
          }
        },
      ),
    );
  });

  test('comes to every partition, new ones too', () => {
    const partitioner = sticky({ random: seeded(7), stickyBytes: 1 })();
    const [before, after] = [new Set<number>(), new Set<number>()];
    for (let round = 0; round < 300; round += 1) before.add(partitioner.partition(null, 5, 1));
    for (let round = 0; round < 300; round += 1) after.add(partitioner.partition(null, 8, 1));
    expect(before.size).toBe(5);
    expect(after.size).toBe(8);
  });

  test('two producers of one factory do not push each other on', () => {
    const make = sticky({ random: seeded(3), stickyBytes: 100 });
    const [one, other] = [make(), make()];
    const first = one.partition(null, 9, 60);
    for (let round = 0; round < 50; round += 1) other.partition(null, 9, 60);
    expect(one.partition(null, 9, 60)).toBe(first);
  });

  test('bytes that are no number of ours are refused', () => {
    for (const stickyBytes of [0, -1, 1.5, Number.NaN]) {
      expect(() => sticky({ random: seeded(1), stickyBytes })).toThrow(RangeError);
      expect(() => byKey({ random: seeded(1), stickyBytes })).toThrow(RangeError);
    }
    const misspelt = Object.assign({ random: seeded(1) }, { stickyByte: 9 });
    for (const make of [sticky, byKey]) expect(() => make(misspelt)).toThrow('there is no option stickyByte');
  });
});

describe('roundRobin and explicit', () => {
  test('roundRobin takes one partition after the other', () => {
    const partitioner = roundRobin()();
    expect(partitioner.name).toBe('round-robin');
    const key = bytesOf('same');
    expect([1, 2, 3, 4].map(() => partitioner.partition(key, 3, 1))).toEqual([0, 1, 2, 0]);
    expect([1, 2, 3].map(() => partitioner.partition(null, 5, 1))).toEqual([1, 2, 3]);
  });

  test('explicit refuses to choose', () => {
    const partitioner = explicit()();
    expect(partitioner.name).toBe('explicit');
    try {
      partitioner.partition(bytesOf('k'), 3, 1);
      expect.unreachable();
    } catch (error) {
      expect(SeglogError.is(error, 'INVALID_RECORD')).toBe(true);
    }
  });
});
