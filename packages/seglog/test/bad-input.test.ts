import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Engine, PartitionLog, Topic } from '../src/index.js';
import { openEngine } from '../src/index.js';
import {
  type Expected,
  expectFailure,
  expectHarmless,
  expectUsable,
  type World,
  worlds,
} from './bad-input-world.js';

/** A value of another type than TypeScript allows, as plain JavaScript may bring it. */
const foreign = (value: unknown): never => value as never;

type Mistake = (world: World) => Promise<unknown>;
type Row = readonly [name: string, mistake: Mistake, expected: Expected];

const partition = (world: World): Promise<PartitionLog> => world.safe.partition(0);
const compacting = (engine: Engine): Promise<Topic<string, unknown>> =>
  engine.getOrCreateTopic('keyed', { cleanupPolicy: 'compact', partitions: 1 });
const invalid = (reason: string): Expected => ({ code: 'INVALID_TOPIC', facts: { reason } });
const bytes = new Uint8Array(1);

const records: readonly Row[] = [
  [
    'a record that is too large',
    async ({ safe }) => safe.append({ value: foreign('x'.repeat(10_000)) }),
    { code: 'RECORD_TOO_LARGE', facts: { bytes: 10_002, maxBytes: 10_000 } },
  ],
  [
    'records that are too large together',
    async (world) =>
      (await partition(world)).append(
        Array.from({ length: 4000 }, () => ({ value: new Uint8Array(10_000) })),
        { acknowledge: 'synced' },
      ),
    { code: 'RECORD_TOO_LARGE', facts: { maxBytes: 32 * 1024 * 1024 } },
  ],
  [
    'a header that is too large',
    async ({ safe }) => safe.append({ value: 1, headers: [{ name: 'h', value: new Uint8Array(10_000) }] }),
    { code: 'RECORD_TOO_LARGE', facts: { maxBytes: 10_000 } },
  ],
  [
    'a header with a name that is too long',
    async ({ safe }) => safe.append({ value: 1, headers: [{ name: 'é'.repeat(20_000), value: bytes }] }),
    { code: 'INVALID_RECORD' },
  ],
  [
    'a header with a name that has no UTF-8',
    async ({ safe }) => safe.append({ value: 1, headers: [{ name: '\ud800', value: bytes }] }),
    { code: 'INVALID_RECORD' },
  ],
  ['no records', async (world) => (await partition(world)).append([]), { code: 'INVALID_RECORD' }],
  [
    'a negative timestamp',
    async ({ safe }) => safe.append({ value: 1, timestampMs: -1 }),
    { code: 'INVALID_RECORD' },
  ],
  [
    'a fractional timestamp',
    async ({ safe }) => safe.append({ value: 1, timestampMs: 0.5 }),
    { code: 'INVALID_RECORD' },
  ],
  ['a value that is no JSON', async ({ safe }) => safe.append({ value: foreign(undefined) }), TypeError],
  ['a value of bigints', async ({ safe }) => safe.append({ value: foreign(1n) }), TypeError],
  ['a key that is no string', async ({ safe }) => safe.append({ key: foreign(7), value: 1 }), TypeError],
  ['a key that has no UTF-8', async ({ safe }) => safe.append({ key: '\ud800', value: 1 }), TypeError],
  ['nothing', async ({ safe }) => safe.append(foreign(null)), TypeError],
  ['a text for a record', async ({ safe }) => safe.append(foreign('text')), TypeError],
  ['a record that is none', async ({ safe }) => safe.append(foreign(undefined)), TypeError],
  [
    'a string for bytes',
    async (world) => (await partition(world)).append([{ value: foreign('a') }]),
    TypeError,
  ],
  [
    'one record for a list',
    async (world) => (await partition(world)).append(foreign({ value: bytes })),
    TypeError,
  ],
  [
    'a partition that is not there',
    async ({ safe }) => safe.append({ value: 1, partition: 1 }),
    { code: 'PARTITION_NOT_FOUND', facts: { topic: 'safe', partition: 1, partitions: 1 } },
  ],
  ['a negative partition', async ({ safe }) => safe.append({ value: 1, partition: -1 }), RangeError],
  [
    'another expected offset',
    async ({ safe }) => safe.append({ value: 1 }, { expectedOffset: 1 }),
    { code: 'WRONG_EXPECTED_OFFSET', facts: { expected: 1, actual: 2 } },
  ],
  [
    'an acknowledgement that is none',
    async ({ safe }) => safe.append({ value: 1 }, { acknowledge: foreign('fsync') }),
    RangeError,
  ],
  [
    'a producer without a sequence',
    async ({ safe }) => safe.append({ value: 1 }, { producer: foreign({ id: 'p', epoch: 1 }) }),
    TypeError,
  ],
];

const topics: readonly Row[] = [
  ['..', async ({ engine }) => engine.createTopic('..'), invalid('starts with a dot')],
  ['.', async ({ engine }) => engine.createTopic('.'), invalid('starts with a dot')],
  ['no name', async ({ engine }) => engine.createTopic(''), invalid('empty')],
  ['250 characters', async ({ engine }) => engine.createTopic('x'.repeat(250)), invalid('250 characters')],
  ['a NUL', async ({ engine }) => engine.createTopic('a\0b'), invalid('character U+0000 at 1')],
  ['a way out', async ({ engine }) => engine.createTopic('a/../../b'), invalid('character U+002F at 1')],
  ['a space', async ({ engine }) => engine.getOrCreateTopic(' '), invalid('character U+0020 at 0')],
  [
    'a letter beyond ASCII',
    async ({ engine }) => engine.getOrCreateTopic('é'),
    invalid('character U+00E9 at 0'),
  ],
  ['no string', async ({ engine }) => engine.createTopic(foreign(7)), invalid('not a string')],
  [
    'another case',
    async ({ engine }) => engine.createTopic('SAFE'),
    { code: 'INVALID_TOPIC', facts: { topic: 'SAFE', alike: 'safe' } },
  ],
  [
    'another case, to get or create',
    async ({ engine }) => engine.getOrCreateTopic('Safe'),
    { code: 'INVALID_TOPIC', facts: { topic: 'Safe', alike: 'safe' } },
  ],
  [
    'a name that is taken',
    async ({ engine }) => engine.createTopic('safe'),
    { code: 'TOPIC_EXISTS', facts: { topic: 'safe' } },
  ],
  [
    'a name that is not there',
    async ({ engine }) => engine.topic('..'),
    { code: 'TOPIC_NOT_FOUND', facts: { topic: '..' } },
  ],
  ['a deletion of nothing', async ({ engine }) => engine.deleteTopic('../safe'), { code: 'TOPIC_NOT_FOUND' }],
  ['no partitions', async ({ engine }) => engine.createTopic('a', { partitions: 0 }), RangeError],
  ['half a partition', async ({ engine }) => engine.createTopic('a', { partitions: 1.5 }), RangeError],
  ['too many partitions', async ({ engine }) => engine.createTopic('a', { partitions: 1e9 }), RangeError],
  ['fewer partitions', async ({ safe }) => safe.addPartitions(0), RangeError],
  [
    'a policy that is none',
    async ({ engine }) => engine.createTopic('a', { cleanupPolicy: foreign('compcat') }),
    RangeError,
  ],
  [
    'a serde that is none',
    async ({ engine }) => engine.createTopic('a', { value: foreign('json') }),
    TypeError,
  ],
  [
    'a serde that cannot read',
    async ({ engine }) => engine.getOrCreateTopic('a', { key: foreign({ name: 'a', serialize: String }) }),
    TypeError,
  ],
  [
    'a partitioner that is none',
    async ({ engine }) => engine.createTopic('a', { partitioner: foreign('sticky') }),
    TypeError,
  ],
  [
    'an option that is none',
    async ({ engine }) => engine.createTopic('a', foreign({ partition: 2 })),
    RangeError,
  ],
  ['options that are none', async ({ engine }) => engine.createTopic('a', foreign(3)), TypeError],
  [
    'a setting that is none',
    async ({ engine }) => engine.createTopic('a', { settings: { onCorruption: 'ignore' } }),
    RangeError,
  ],
  [
    'a setting of another kind',
    async ({ engine }) => engine.createTopic('a', { settings: { maxProducers: '7' } }),
    TypeError,
  ],
];

const outside = (reason: 'trimmed' | 'future', offset: number): Expected => ({
  code: 'OFFSET_OUT_OF_RANGE',
  facts: { offset, reason, logStart: 0, logEnd: 2 },
});
const first = async (followed: AsyncIterable<unknown>): Promise<unknown> => {
  for await (const record of followed) return record;
  return undefined;
};

const reads: readonly Row[] = [
  ['a read beyond the end', async ({ safe }) => safe.read(0, 3), outside('future', 3)],
  [
    'a scan beyond the end',
    async (world) => (await partition(world)).scan(3, () => undefined),
    outside('future', 3),
  ],
  ['a tail beyond the end', async ({ safe }) => first(safe.tail(0, 3)), outside('future', 3)],
  [
    'a deletion beyond the end',
    async (world) => (await partition(world)).deleteRecordsBefore(3),
    outside('future', 3),
  ],
  ['a read of no partition', async ({ safe }) => safe.read(7, 0), { code: 'PARTITION_NOT_FOUND' }],
  ['a place that is none', async ({ safe }) => first(safe.tail(0, foreign('newest'))), RangeError],
  ['no records at all', async ({ safe }) => safe.read(0, 0, { maxRecords: 0 }), RangeError],
  ['fewer than no bytes', async ({ safe }) => safe.read(0, 0, { maxBytes: -1 }), RangeError],
  [
    'an isolation that is none',
    async ({ safe }) => safe.read(0, 0, { isolation: foreign('dirty') }),
    RangeError,
  ],
  [
    'a time that is none',
    async (world) => (await partition(world)).offsetForTimestamp(Number.NaN),
    RangeError,
  ],
];

const badOffsets = [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53];

/** Every call that takes an offset, or the number of a partition. */
async function callsWith(world: World, offset: number): Promise<readonly (() => Promise<unknown>)[]> {
  const { safe } = world;
  const log = await partition(world);
  return [
    () => safe.read(0, offset),
    () => safe.read(offset, 0),
    () => first(safe.tail(0, offset)),
    () => safe.append({ value: 1 }, { expectedOffset: offset }),
    () => log.scan(offset, () => undefined),
    () => log.scan(0, () => undefined, { to: offset }),
    () => log.whenDurable(offset),
    () => log.deleteRecordsBefore(offset),
    // One below the start keeps nothing, and is a good place to truncate after.
    () => log.truncateAfter(offset === -1 ? -2 : offset),
  ];
}

describe.each(Object.entries(worlds))('a mistake is told apart, and changes nothing, on %s', (_, make) => {
  let world: World;
  beforeEach(async () => {
    world = await make();
  });
  afterEach(() => world.dispose());

  test.each(records)('append: %s', (_name, mistake, expected) =>
    expectHarmless(world, () => mistake(world), expected),
  );
  test.each(topics)('topic: %s', (_name, mistake, expected) =>
    expectHarmless(world, () => mistake(world), expected),
  );
  test.each(reads)('read: %s', (_name, mistake, expected) =>
    expectHarmless(world, () => mistake(world), expected),
  );
  test.each(badOffsets)('offset: %d', async (offset) => {
    const before = await world.picture();
    for (const call of await callsWith(world, offset)) await expectFailure(call, RangeError);
    expect(await world.picture()).toEqual(before);
    await expectUsable(world.safe);
  });

  test('a read below the start of the log says where it starts', async () => {
    await (await partition(world)).deleteRecordsBefore(1);
    const facts = { offset: 0, reason: 'trimmed', logStart: 1, logEnd: 2 };
    await expectFailure(() => world.safe.read(0, 0), { code: 'OFFSET_OUT_OF_RANGE', facts });
    expect((await world.safe.read(0, 1)).records.map(({ value }) => value)).toEqual([2]);
  });

  test.each([null, undefined])(
    'a record with the key %s is refused where the topic compacts',
    async (key) => {
      const keyed = await compacting(world.engine);
      const log = await keyed.partition(0);
      const expected = { code: 'INVALID_RECORD' } as const;
      await expectHarmless(world, () => keyed.append({ key, value: 1 }), expected);
      await expectHarmless(world, () => keyed.append([{ key: 'a', value: 1 }, { value: 2 }]), expected);
      await expectHarmless(world, () => log.append([{ key, value: bytes }]), expected);
      await keyed.append({ key: 'a', value: null });
      expect(log.offsets().logEnd).toBe(1);
    },
  );

  test('a producer that nobody knows is refused until it starts at 0', async () => {
    const append = (sequence: number) =>
      world.safe.append({ value: 3 }, { producer: { id: 'p', epoch: 0, sequence } });
    await expectFailure(() => append(5), { code: 'UNKNOWN_PRODUCER' });
    await append(0);
    await expectFailure(() => append(2), {
      code: 'OUT_OF_ORDER_SEQUENCE',
      facts: { expected: 1, actual: 2 },
    });
    expect((await append(0)).duplicate).toBe(true);
    expect((await world.safe.read(0, 0)).records.map(({ value }) => value)).toEqual([1, 2, 3]);
  });

  test('every call after the close is refused', async () => {
    const { engine, safe } = world;
    const log = await safe.partition(0);
    const tail = safe.tail(0, 'latest')[Symbol.asyncIterator]();
    const waiting = tail.next();
    await engine.close();
    expect((await waiting).done).toBe(true);
    const closed = { code: 'LOG_CLOSED' } as const;
    const before = await world.picture();
    for (const call of [
      () => safe.append({ value: 1 }),
      () => safe.append([{ value: 1 }, { value: 2 }]),
      () => safe.read(0, 0),
      () => safe.offsets(),
      () => safe.sync(),
      () => safe.partition(0),
      () => safe.addPartitions(2),
      () => log.append([{ value: bytes }]),
      () => log.read(0),
      () => log.offsets(),
      () => log.roll(),
      () => log.sync(),
      () => log.truncateAfter(0),
      () => log.deleteRecordsBefore(1),
      () => engine.createTopic('late'),
      () => engine.getOrCreateTopic('safe'),
      () => engine.topic('safe'),
      () => engine.topics(),
      () => engine.deleteTopic('safe'),
      () => engine.log('safe', 0),
      () => engine.recover(),
      () => engine.sync(),
    ]) {
      await expectFailure(call, closed);
    }
    expect(await world.picture()).toEqual(before);
    await engine.close();
  });

  test('a second opener is refused, whatever it asks for, and the first goes on', async () => {
    const second = () => openEngine({ modules: world.modules });
    await expectHarmless(world, second, { code: 'LOG_LOCKED' });
  });

  test.each([
    undefined,
    {},
    { modules: undefined },
    { modules: [undefined] },
    { modules: [], readOnly: 'yes' },
  ])('options that make no engine are refused: %o', async (options) => {
    await expectFailure(() => openEngine(foreign(options)), TypeError);
  });

  test('an option that is misspelt does not open for writing', async () => {
    await expectFailure(() => openEngine(foreign({ modules: world.modules, readonly: true })), RangeError);
  });

  test.each([
    { maxSegmentBytes: 1 },
    { maxSegmentBytes: Number.NaN },
    { defaultPartitions: 0 },
    { maxPartitions: Number.NaN },
    { maxConcurrentPartitions: 0 },
    { maxQuarantineFiles: -1 },
    { maxQuarantineBytes: Number.NaN },
    { maxSyncDelayMs: -1 },
    { writebackBytes: 0 },
    { maxUnsealedSegments: -1 },
    { frameCacheBytes: -1 },
    { maxSegmentAgeMs: 0 },
    { maxPartitions: 2 ** 40 },
    { requireKeys: foreign('yes') },
    { verify: foreign('sometimes') },
    { onCorruption: foreign('ignore') },
    { onAmbiguousTail: foreign('keep') },
  ])('settings that make no sense are refused before anything is opened: %o', async (settings) => {
    await expectFailure(() => openEngine({ modules: [], settings }), RangeError);
  });
});
