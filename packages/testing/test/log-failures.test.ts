import {
  type AppendResult,
  MemoryDirectory,
  type PartitionLog,
  type RecordInput,
  SeglogError,
  syncNever,
} from '@seglog/core';
import { describe, expect, test } from 'vitest';
import { type CallFault, expectCode, FaultyDirectory, type LogMakings, LogWorkbench } from '../src/index.js';

const SETTINGS = {
  maxSegmentBytes: 8192,
  preallocateBytes: 0,
  watermarkDelayMs: 60_000,
  deleteDelayMs: 60_000,
};
const SEGMENT = /\.log$/;
const MANIFEST = /^MANIFEST/;
const FULL = 'STORAGE_FULL';

const value = (text: string, bytes = 0): RecordInput => ({
  value: new TextEncoder().encode(text.padEnd(bytes, '.')),
});

interface Bench extends LogWorkbench {
  readonly root: FaultyDirectory;
}

async function openFaulty(
  makings: LogMakings = {},
  root = new FaultyDirectory(new MemoryDirectory()),
): Promise<Bench> {
  const bench = await LogWorkbench.open(root, { ...makings, settings: { ...SETTINGS, ...makings.settings } });
  return Object.assign(bench, { root });
}

async function textsOf(log: PartitionLog): Promise<readonly string[]> {
  const texts: string[] = [];
  await log.scan(
    log.offsets().logStart,
    ({ value: bytes }) => {
      texts.push(new TextDecoder().decode(bytes ?? undefined).replaceAll('.', ''));
    },
    { isolation: 'uncommitted' },
  );
  return texts;
}

/** Closes whatever is left, shows that nothing stayed open, and opens again without faults. */
async function reopened(bench: Bench, makings: LogMakings = {}): Promise<Bench> {
  bench.root.faults.heal();
  await bench.dispose();
  expect([...bench.root.openHandles]).toEqual([]);
  return openFaulty(makings, bench.root);
}

const outcome = (append: Promise<AppendResult>): Promise<number | string> =>
  append.then(
    ({ baseOffset }) => baseOffset,
    (error: unknown) => (SeglogError.is(error) ? error.code : String(error)),
  );

describe('a sync that fails', () => {
  test('stops the log: what was not proven is unknown, and what is proven stays readable', async () => {
    const bench = await openFaulty();
    const { log, root } = bench;
    await log.append([value('a')]);
    root.faults.inject({ call: 'sync', name: SEGMENT });
    const waiting = [outcome(log.append([value('b')])), outcome(log.append([value('c')]))];
    expect(await Promise.all(waiting)).toEqual(['APPEND_UNKNOWN', 'APPEND_UNKNOWN']);
    expect(await outcome(log.append([value('d')]))).toBe('LOG_POISONED');
    for (const call of [
      () => log.roll(),
      () => log.sync(),
      () => log.whenDurable(3),
      () => log.truncateAfter(0),
      () => log.deleteRecordsBefore(1),
      () => log.tail(1)[Symbol.asyncIterator]().next(),
    ]) {
      await expectCode('LOG_POISONED', call);
    }
    expect((await log.read(0)).records.length).toBe(1);
    expect(log.offsets()).toMatchObject({ durable: 1, logEnd: 3 });
    await expectCode('LOG_POISONED', () => log.close());
    const again = await reopened(bench);
    expect((await textsOf(again.log))[0]).toBe('a');
    await again.dispose();
  });

  test('is not tried again, even for those who come later', async () => {
    const bench = await openFaulty({ parts: { syncPolicy: syncNever() } });
    await bench.log.append([value('a')]);
    bench.root.faults.inject({ call: 'sync', name: SEGMENT });
    await bench.log.sync().catch(() => undefined);
    await expectCode('LOG_POISONED', () => bench.log.sync());
    expect(bench.log.offsets().durable).toBe(0);
    expect(bench.root.faults.failed).toBe(1);
    await (await reopened(bench)).dispose();
  });
});

describe('a full disk', () => {
  for (const partialBytes of [0, 1, 70, 300]) {
    test(`during a write takes back all of it, after ${partialBytes} bytes had arrived`, async () => {
      const bench = await openFaulty();
      const { log, root } = bench;
      await log.append([value('a')]);
      const { bytes } = log.stats();
      root.faults.inject({ call: 'write', name: SEGMENT, code: FULL, partialBytes });
      expect(await outcome(log.append([value('b', 500)]))).toBe(FULL);
      expect(log.offsets()).toMatchObject({ logEnd: 1, durable: 1 });
      expect(log.stats().bytes).toBe(bytes);
      expect(await outcome(log.append([value('c')]))).toBe(1);
      expect(await textsOf(log)).toEqual(['a', 'c']);
      const again = await reopened(bench);
      expect(await textsOf(again.log)).toEqual(['a', 'c']);
      expect(await outcome(again.log.append([value('d')]))).toBe(2);
      await again.dispose();
    });
  }

  test('turns away the appends of one write, and those behind them go on in their place', async () => {
    const bench = await openFaulty();
    const { log, root } = bench;
    root.faults.inject({ call: 'write', name: SEGMENT, code: FULL, partialBytes: 9 });
    const first = outcome(log.append([value('a')]));
    await Promise.resolve();
    await Promise.resolve();
    const behind = [value('b'), value('c'), value('d')].map((record) => outcome(log.append([record])));
    const outcomes = await Promise.all([first, ...behind]);
    const taken = outcomes.filter((one) => one !== FULL);
    expect(taken).toEqual(taken.map((_, i) => i));
    expect(outcomes[0]).toBe(FULL);
    expect((await textsOf(log)).length).toBe(taken.length);
    await (await reopened(bench)).dispose();
  });

  const rolls: readonly (readonly [string, CallFault])[] = [
    ['the new segment is created', { call: 'create', name: SEGMENT }],
    ['its header is written', { call: 'write', name: SEGMENT }],
    ['the footer of the old one is written', { call: 'write', name: SEGMENT, nth: 2, partialBytes: 50 }],
    ['the roll is noted in the manifest', { call: 'write', name: MANIFEST, partialBytes: 20 }],
  ];
  for (const [moment, fault] of rolls) {
    test(`leaves a log as it was when ${moment}`, async () => {
      const bench = await openFaulty();
      const { log, root } = bench;
      for (const text of ['a', 'b']) await log.append([value(text)]);
      root.faults.inject({ ...fault, code: FULL });
      await expectCode(FULL, () => log.roll());
      expect(log.stats().segments).toBe(1);
      expect(await outcome(log.append([value('c')]))).toBe(2);
      await log.roll();
      expect(await outcome(log.append([value('d')]))).toBe(3);
      expect(await textsOf(log)).toEqual(['a', 'b', 'c', 'd']);
      const again = await reopened(bench);
      expect(await textsOf(again.log)).toEqual(['a', 'b', 'c', 'd']);
      await again.dispose();
    });

    test(`turns away the append that needs room when ${moment}, and nothing else`, async () => {
      const bench = await openFaulty();
      const { log, root } = bench;
      await log.append([value('a', 6000)]);
      root.faults.inject({ ...fault, code: FULL });
      expect(await outcome(log.append([value('b', 6000)]))).toBe(FULL);
      expect(await outcome(log.append([value('c')]))).toBe(1);
      expect(await outcome(log.append([value('d', 6000)]))).toBe(2);
      const again = await reopened(bench);
      expect(await textsOf(again.log)).toEqual(['a', 'c', 'd']);
      await again.dispose();
    });
  }

  test('refuses a deletion and a truncation without a trace', async () => {
    for (const fault of [
      { call: 'write', name: MANIFEST },
      { call: 'create', name: SEGMENT },
    ] as const) {
      const bench = await openFaulty();
      const { log, root } = bench;
      for (const text of ['a', 'b', 'c']) await log.append([value(text)]);
      root.faults.inject({ ...fault, code: FULL });
      if (fault.call === 'write') await expectCode(FULL, () => log.deleteRecordsBefore(1));
      root.faults.heal();
      root.faults.inject({ ...fault, code: FULL });
      await expectCode(FULL, () => log.truncateAfter(0));
      expect(log.offsets()).toMatchObject({ logStart: 0, logEnd: 3 });
      expect(await outcome(log.append([value('d')]))).toBe(3);
      await log.truncateAfter(1);
      expect(await textsOf(log)).toEqual(['a', 'b']);
      await (await reopened(bench)).dispose();
    }
  });

  test('turns away a first producer, and no one else', async () => {
    const bench = await openFaulty();
    const { log, root } = bench;
    const producer = { id: 'p', epoch: 0, sequence: 0 };
    root.faults.inject({ call: 'write', name: MANIFEST, code: FULL });
    const stamped = outcome(log.append([value('a')], { producer }));
    const plain = outcome(log.append([value('b')]));
    expect(await Promise.all([stamped, plain])).toEqual([FULL, 0]);
    expect(await outcome(log.append([value('a')], { producer }))).toBe(1);
    const again = await reopened(bench);
    expect(await again.log.append([value('a')], { producer })).toMatchObject({
      baseOffset: 1,
      duplicate: true,
    });
    await again.dispose();
  });

  test('has no say in zeros that are written ahead', async () => {
    const bench = await openFaulty({ settings: { preallocateBytes: 4096 } });
    bench.root.faults.inject({ call: 'preallocate', code: FULL, times: Number.POSITIVE_INFINITY });
    for (let i = 0; i < 5; i++) expect(await outcome(bench.log.append([value(`v${i}`)]))).toBe(i);
    expect(bench.root.faults.failed).toBeGreaterThan(0);
    const again = await reopened(bench);
    expect((await textsOf(again.log)).length).toBe(5);
    await again.dispose();
  });
});

describe('a medium that fails', () => {
  test('during a write leaves the append unknown and stops the log', async () => {
    const bench = await openFaulty();
    const { log, root } = bench;
    await log.append([value('a')]);
    root.faults.inject({ call: 'write', name: SEGMENT, partialBytes: 30 });
    expect(await outcome(log.append([value('b')]))).toBe('APPEND_UNKNOWN');
    expect(await outcome(log.append([value('c')]))).toBe('LOG_POISONED');
    const again = await reopened(bench);
    expect(await textsOf(again.log)).toEqual(['a']);
    await again.dispose();
  });

  test('while a roll is noted stops the log, and the next opening finds every record', async () => {
    for (const call of ['write', 'sync'] as const) {
      const bench = await openFaulty();
      const { log, root } = bench;
      await log.append([value('a')]);
      root.faults.inject({ call, name: MANIFEST });
      await log.roll().catch(() => undefined);
      expect(await outcome(log.append([value('b')]))).toBe('LOG_POISONED');
      const again = await reopened(bench);
      expect(await textsOf(again.log)).toEqual(['a']);
      expect(await outcome(again.log.append([value('c')]))).toBe(1);
      await again.dispose();
    }
  });

  test('during a read fails that read alone', async () => {
    const bench = await openFaulty();
    const { log, root } = bench;
    for (const text of ['a', 'b']) await log.append([value(text)]);
    root.faults.inject({ call: 'read', name: SEGMENT });
    await expectCode('STORAGE', () => log.read(0));
    expect(await textsOf(log)).toEqual(['a', 'b']);
    expect(await outcome(log.append([value('c')]))).toBe(2);
    await bench.close();
  });
});
