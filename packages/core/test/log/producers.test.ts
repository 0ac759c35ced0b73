import { describe, expect, test } from 'vitest';
import { type AppendOptions, MemoryDirectory, SeglogError, syncNever } from '../../src/index.js';
import {
  allOf,
  type BenchLog,
  closeCleanly,
  contentOf,
  copyOf,
  filesOf,
  openOn,
  putFile,
  record,
} from './log-bench.js';

const by = (sequence: number, id = 'p', epoch = 0): AppendOptions => ({ producer: { id, epoch, sequence } });

describe('what a log knows of its producers', () => {
  test('a snapshot of records that were truncated away is never believed again', async () => {
    const one = await openOn(new MemoryDirectory());
    for (let i = 0; i < 10; i++) await one.log.append([record(`v${i}`)], by(i));
    await one.log.roll();
    await one.log.truncateAfter(4);
    expect(await filesOf(one.directory, '.producers')).toEqual([]);
  });

  test('a snapshot beyond the end of the log is gone before the log grows over it', async () => {
    const one = await openOn(new MemoryDirectory());
    for (let i = 0; i < 10; i++) await one.log.append([record(`v${i}`)], by(i));
    await one.log.roll();
    const [snapshot = ''] = await filesOf(one.directory, '.producers');
    const content = await contentOf(one.directory, snapshot);
    await one.log.truncateAfter(4);
    const left = await copyOf(one.root);
    await putFile(await left.directory('log', { create: false }), snapshot, content);

    const two = await openOn(left);
    for (let i = 0; i < 7; i++) await two.log.append([record(`other ${i}`)]);
    const three = await openOn(await copyOf(left));
    expect(await three.log.append([record('v5')], by(5))).toMatchObject({ duplicate: false, baseOffset: 12 });
    await three.log.close();
  });
});

const code =
  (expected: string) =>
  (error: unknown): boolean =>
    SeglogError.is(error) && error.code === expected;

/** Ten batches of two records by p, with rolls between them. */
async function tenBatches(): Promise<BenchLog> {
  const bench = await openOn(new MemoryDirectory());
  for (let i = 0; i < 10; i++) {
    await bench.log.append([record(`v${2 * i}`), record(`v${2 * i + 1}`)], by(2 * i));
    if (i % 4 === 3) await bench.log.roll();
  }
  return bench;
}

/** The last five batches are known with their offsets, older ones as sent, and the next one is taken. */
async function expectKnown({ log }: BenchLog): Promise<void> {
  for (let i = 5; i < 10; i++) {
    const again = await log.append([record('a'), record('b')], by(2 * i));
    expect(again).toMatchObject({ baseOffset: 2 * i, lastOffset: 2 * i + 1, duplicate: true });
  }
  await expect(log.append([record('a'), record('b')], by(0))).rejects.toSatisfy(
    code('OUT_OF_ORDER_SEQUENCE'),
  );
  await expect(log.append([record('a')], by(25))).rejects.toSatisfy(code('OUT_OF_ORDER_SEQUENCE'));
  await expect(log.append([record('a')], by(3, 'q'))).rejects.toSatisfy(code('UNKNOWN_PRODUCER'));
  const { logEnd } = log.offsets();
  expect(await log.append([record('next')], by(20))).toMatchObject({ baseOffset: logEnd, duplicate: false });
}

describe('producers over a restart', () => {
  test('are known after a clean close', async () => {
    const one = await tenBatches();
    await closeCleanly(one);
    const two = await openOn(one.root);
    expect(two.report.scannedBytes).toBe(0);
    await expectKnown(two);
    await closeCleanly(two);
  });

  test('are known after a kill: from the newest snapshot, from an older one, and from the frames alone', async () => {
    const one = await tenBatches();
    for (let removed = 0; removed <= 2; removed++) {
      const left = await copyOf(one.root);
      const directory = await left.directory('log', { create: false });
      const snapshots = await filesOf(directory, '.producers');
      expect(snapshots.length).toBe(2);
      for (const name of snapshots.toReversed().slice(0, removed)) await directory.remove(name);
      const two = await openOn(left);
      await expectKnown(two);
      await closeCleanly(two);
    }
    await closeCleanly(one);
  });

  test('a snapshot that is damaged is not believed', async () => {
    const one = await tenBatches();
    const left = await copyOf(one.root);
    const directory = await left.directory('log', { create: false });
    for (const name of await filesOf(directory, '.producers')) {
      const bytes = await contentOf(directory, name);
      bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
      await putFile(directory, name, bytes);
    }
    const two = await openOn(left);
    await expectKnown(two);
    await closeCleanly(two);
    await closeCleanly(one);
  });

  test('are known although retention has taken their records, as long as a snapshot is there', async () => {
    const one = await tenBatches();
    await one.log.roll();
    await one.log.deleteRecordsBefore(20);
    await closeCleanly(one);
    const two = await openOn(one.root);
    expect(await allOf(two.log)).toEqual([]);
    await expectKnown(two);
    await closeCleanly(two);
  });

  test('older epochs stay fenced', async () => {
    const one = await openOn(new MemoryDirectory());
    await one.log.append([record('a')], by(0, 'p', 5));
    const two = await openOn(await copyOf(one.root));
    await expect(two.log.append([record('b')], by(0, 'p', 4))).rejects.toSatisfy(code('PRODUCER_FENCED'));
    expect(await two.log.append([record('a')], by(0, 'p', 5))).toMatchObject({ duplicate: true });
    expect(await two.log.append([record('b')], by(0, 'p', 6))).toMatchObject({ baseOffset: 1 });
    await closeCleanly(two);
    await closeCleanly(one);
  });

  test('what a truncation took may be sent again, after a restart as well', async () => {
    const one = await tenBatches();
    await one.log.truncateAfter(16);
    const two = await openOn(await copyOf(one.root));
    for (const { log } of [one, two]) {
      await expect(log.append([record('a')], by(18))).rejects.toSatisfy(code('OUT_OF_ORDER_SEQUENCE'));
      expect(await log.append([record('v17')], by(17))).toMatchObject({ baseOffset: 17, duplicate: false });
    }
    await closeCleanly(one);
    await closeCleanly(two);
  });
});

test('a duplicate is answered when its original is durable, not before', async () => {
  const { log } = await openOn(new MemoryDirectory(), { parts: { syncPolicy: syncNever() } });
  await log.append([record('a')], by(0));
  expect(log.offsets().durable).toBe(0);
  const again = await log.append([record('a')], { ...by(0), acknowledge: 'synced' });
  expect(again).toMatchObject({ baseOffset: 0, duplicate: true, durability: 'synced' });
  expect(log.offsets().durable).toBe(1);
  await log.close();
});
