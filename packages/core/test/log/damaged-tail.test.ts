import { describe, expect, test } from 'vitest';
import { MemoryDirectory, SeglogError, type StorageDirectory } from '../../src/index.js';
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

const settings = { watermarkDelayMs: 0 };

/** About what one of the records takes. */
const FRAME_BYTES = 600;

/** Two segments: offsets 0 to 6 sealed, 7 to 11 in the active one, 7 to 9 below its recovery point. */
async function twoSegments(): Promise<BenchLog> {
  const root = new MemoryDirectory();
  const one = await openOn(root, { settings });
  for (let i = 0; i < 10; i++) {
    if (i === 7) await one.log.roll();
    await one.log.append([record(`v${i}`, 500)]);
  }
  await closeCleanly(one);
  const two = await openOn(root, { settings });
  for (let i = 10; i < 12; i++) await two.log.append([record(`v${i}`, 500)]);
  await two.log.sync();
  await new Promise((resolve) => setTimeout(resolve, 20));
  return two;
}

/** The active segment of what a killed process leaves, changed. */
async function damagedCopy(
  root: StorageDirectory,
  change: (bytes: Uint8Array) => Uint8Array | undefined,
): Promise<MemoryDirectory> {
  const left = await copyOf(root);
  const directory = await left.directory('log', { create: false });
  const active = (await filesOf(directory, '.log')).at(-1) ?? '';
  const bytes = change(await contentOf(directory, active));
  if (bytes === undefined) await directory.remove(active);
  else await putFile(directory, active, bytes);
  return left;
}

function flipped(bytes: Uint8Array, ...positions: readonly number[]): Uint8Array {
  for (const position of positions) bytes[position] = (bytes[position] ?? 0) ^ 1;
  return bytes;
}

const offsetsOf = async (log: BenchLog['log']): Promise<readonly number[]> =>
  (await allOf(log)).map(([offset]) => offset);

for (const onCorruption of ['readonly', 'salvage'] as const) {
  const bench = { settings: { ...settings, onCorruption } };

  describe(`an active segment with damaged synced records, under ${onCorruption}`, () => {
    test('that has lost its header takes nothing else with it', async () => {
      for (const clean of [true, false]) {
        const one = await twoSegments();
        if (clean) await closeCleanly(one);
        const left = await damagedCopy(one.root, (bytes) => flipped(bytes, 40));
        await expect(openOn(left, { settings })).rejects.toSatisfy((e) =>
          SeglogError.is(e, 'CORRUPT_SEGMENT'),
        );
        const { log, report } = await openOn(left, bench);
        expect(report.gaps).toEqual([{ from: 7, to: 12 }]);
        expect(log.offsets()).toMatchObject({ logEnd: 12, durable: 12 });
        expect(await log.read(5)).toMatchObject({
          nextOffset: 12,
          gaps: [{ from: 7, to: 12, reason: 'lost' }],
        });
        await log.close();
      }
    });

    test('that is gone takes nothing else with it', async () => {
      const one = await twoSegments();
      const left = await damagedCopy(one.root, () => undefined);
      await expect(openOn(left, { settings })).rejects.toSatisfy((e) => SeglogError.is(e, 'MISSING_SEGMENT'));
      const { log } = await openOn(left, bench);
      expect(await offsetsOf(log)).toEqual([0, 1, 2, 3, 4, 5, 6]);
      expect(await log.read(7)).toMatchObject({
        nextOffset: 12,
        gaps: [{ from: 7, to: 12, reason: 'lost' }],
      });
      await log.close();
    });

    test('that lost its end says so', async () => {
      const one = await twoSegments();
      const left = await damagedCopy(one.root, (bytes) => bytes.subarray(0, 128 + 2 * FRAME_BYTES + 9));
      const { log } = await openOn(left, bench);
      const { records, nextOffset, gaps } = await log.read(7);
      const end = (records.at(-1)?.offset ?? 0) + 1;
      expect(end).toBeLessThan(12);
      expect(nextOffset).toBe(12);
      expect(gaps).toEqual([{ from: end, to: 12, reason: 'lost' }]);
      await log.close();
    });

    test('two damaged places cost two gaps, and never a wrong byte', async () => {
      const one = await twoSegments();
      const start = 128;
      // In the body of the first frame, which lies below the recovery point, and in that of the fourth.
      const frame = FRAME_BYTES;
      const left = await damagedCopy(one.root, (bytes) =>
        flipped(bytes, start + 300, start + 3 * frame + 100),
      );
      const { log } = await openOn(left, bench);
      const all = await allOf(log);
      for (const [offset, value] of all) expect(value).toBe(`v${offset}`.padEnd(500, '.'));
      const { gaps } = await log.read(7);
      expect(gaps.every(({ reason }) => reason === 'lost')).toBe(true);
      expect(all.map(([offset]) => offset)).not.toContain(7);
      expect(all.length + gaps.reduce((sum, { from, to }) => sum + to - from, 0)).toBe(12);
      await log.close();
    });
  });
}

test('what was salvaged is whole at the next opening, and appends go on behind the gap', async () => {
  const one = await twoSegments();
  const left = await damagedCopy(one.root, (bytes) => flipped(bytes, 40));
  const two = await openOn(left, { settings: { ...settings, onCorruption: 'salvage' } });
  expect(two.report.quarantined.length).toBe(1);
  expect((await two.log.append([record('after')])).baseOffset).toBe(12);
  await closeCleanly(two);
  const three = await openOn(left, { settings });
  expect(three.report).toMatchObject({ clean: true, gaps: [{ from: 7, to: 12 }] });
  expect(await offsetsOf(three.log)).toEqual([0, 1, 2, 3, 4, 5, 6, 12]);
  await closeCleanly(three);
});
