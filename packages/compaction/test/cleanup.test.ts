import {
  keepWhere,
  type LogEvent,
  MemoryDirectory,
  SeglogError,
  type SegmentFacts,
  type TopicFacts,
} from '@seglog/core';
import { VirtualClock } from '@seglog/testing';
import { expect, test } from 'vitest';
import { Cleanup, type CleanupTarget } from '../src/index.js';
import { openRig, type Rig, type RigSetup, recordOf, shownBy } from './rig.js';

async function started(setup: RigSetup): Promise<Rig & { clock: VirtualClock; events: LogEvent[] }> {
  const clock = new VirtualClock();
  const events: LogEvent[] = [];
  const observer = { observe: (event: LogEvent): void => void events.push(event) };
  const parts = { observer, ...setup.parts };
  const rig = await openRig({ root: new MemoryDirectory(), clock }, { policy: 'delete', ...setup, parts });
  return { ...rig, clock, events };
}

const facts = (name: string): TopicFacts => ({
  name,
  id: name,
  createdAtMs: 0,
  partitions: 1,
  failures: new Map(),
  config: { cleanupPolicy: 'compact', cleanup: {}, keySerde: '', valueSerde: '', settings: {} },
});

/** Lets virtual time pass. The clock does not keep the process awake, so something else has to. */
async function pass(clock: VirtualClock, ms: number): Promise<void> {
  const awake = setInterval(() => undefined, 1);
  await clock.sleep(ms);
  clearInterval(awake);
}

/** Segments of two records each, and an active one of two. */
async function fill(rig: Rig, segments = 4): Promise<void> {
  for (let i = 0; i < segments; i += 1) {
    if (i > 0) await rig.log.roll();
    await rig.log.append([recordOf(`a=${i}`), recordOf(`b=${i}`)]);
  }
}

const bytesOf = ({ endPosition, firstPosition }: SegmentFacts): number => endPosition - firstPosition;

test.each([
  ['records', (): RigSetup => ({ cleanup: { retentionRecords: 3 } }), 4],
  ['bytes', (one: SegmentFacts): RigSetup => ({ cleanup: { retentionBytes: bytesOf(one) * 2 } }), 4],
  [
    'a function',
    (): RigSetup => ({ options: { retention: () => keepWhere((one) => one.baseOffset > 2) } }),
    4,
  ],
  ['the tightest limit', (): RigSetup => ({ cleanup: { retentionRecords: 5, retentionBytes: 1 } }), 6],
] as const)('retention by %s removes whole segments, oldest first', async (_, setupFor, start) => {
  const sample = await started({});
  await fill(sample, 2);
  const [segment] = sample.log.maintenance.segments();
  await sample.close();
  const rig = await started(setupFor(segment as SegmentFacts));
  await fill(rig);
  await rig.cleanup.run();
  expect(rig.log.offsets().logStart).toBe(start);
  expect((await shownBy(rig.log))[0]?.split(' ')[0]).toBe(String(start));
  await rig.cleanup.run();
  expect(rig.log.offsets()).toMatchObject({ logStart: start, logEnd: 8 });
  await rig.close();
});

test('retention by age goes by the time of the append, and empties a log that nobody appends to', async () => {
  const rig = await started({ cleanup: { retentionMs: 1000 } });
  await rig.log.append([{ ...recordOf('a=1'), timestampMs: 2 ** 52 }]);
  await rig.log.roll();
  rig.clock.spend(800);
  await rig.log.append([recordOf('a=2')]);
  rig.clock.spend(800);
  await rig.cleanup.run();
  expect(await shownBy(rig.log)).toEqual(['1 a=2']);
  rig.clock.spend(800);
  await rig.cleanup.run();
  expect(rig.log.offsets()).toMatchObject({ logStart: 2, logEnd: 2 });
  expect((await rig.log.append([recordOf('a=3')])).baseOffset).toBe(2);
  await rig.close();
});

test('retention stops where somebody still reads, until the hold is taken back', async () => {
  const rig = await started({ cleanup: { retentionRecords: 1 } });
  await fill(rig);
  const release = rig.cleanup.holdBack((topic, partition) =>
    topic === 't' && partition === 0 ? 3 : undefined,
  );
  rig.cleanup.holdBack(() => undefined);
  await rig.cleanup.run();
  expect(rig.log.offsets().logStart).toBe(2);
  release();
  await rig.cleanup.run();
  expect(rig.log.offsets().logStart).toBe(6);
  await rig.close();
});

test('a policy says what happens: delete never compacts, compact never deletes, both do both', async () => {
  const rig = await started({ policy: 'compact', cleanup: { retentionRecords: 1, minDirtyRatio: 1 } });
  await fill(rig);
  await rig.cleanup.run();
  expect(rig.log.offsets().logStart).toBe(0);
  expect(await shownBy(rig.log)).toEqual(['4 a=2', '5 b=2', '6 a=3', '7 b=3']);
  rig.configure('delete', {});
  await rig.log.roll();
  await rig.cleanup.run();
  expect((await shownBy(rig.log)).length).toBe(4);
  rig.configure('compact,delete', { retentionRecords: 1 });
  await rig.cleanup.run();
  expect(rig.log.offsets().logStart).toBe(6);
  await rig.close();
});

test('rounds come by the clock, and only if there is something to clean', async () => {
  const rig = await started({ options: { intervalMs: 1000 } });
  await fill(rig);
  const { waiting } = rig.clock;
  rig.cleanup.start();
  expect(rig.clock.waiting).toBe(waiting);
  rig.configure('delete', { retentionRecords: 1 });
  rig.cleanup.wake();
  expect(rig.clock.waiting).toBe(waiting + 1);
  await pass(rig.clock, 2500);
  expect(rig.log.offsets().logStart).toBe(6);
  const rounds = rig.events.filter((event) => event.type === 'cleanup' && event.phase === 'started');
  expect(rounds).toHaveLength(2);
  await rig.close();
  await pass(rig.clock, 10_000);
  expect(rig.clock.waiting).toBe(0);
});

test('jobs are seen, tell how far they are, and can be cancelled; what a pass had not swapped in is as it was', async () => {
  const rig = await started({ policy: 'compact', options: { maxBytesPerSecond: 100 } });
  await fill(rig);
  const before = await shownBy(rig.log);
  const compacted = rig.cleanup.compact('t');
  await pass(rig.clock, 4000);
  const [job] = rig.cleanup.jobs();
  expect(job).toMatchObject({ kind: 'compaction', topic: 't', partition: 0, state: 'running' });
  expect(job?.readBytes).toBeGreaterThan(100);
  job?.cancel();
  await expect(compacted).rejects.toMatchObject({ name: 'AbortError' });
  expect(rig.cleanup.jobs()).toEqual([]);
  expect(await shownBy(rig.log)).toEqual(before);
  const phases = rig.events.flatMap((event) => (event.type === 'cleanup' ? [event.phase] : []));
  expect(phases.at(0)).toBe('started');
  expect(phases).toContain('progress');
  expect(phases.at(-1)).toBe('cancelled');
  await rig.close();
});

test('closing ends what is under way and what waits, and refuses what comes after', async () => {
  const rig = await started({ policy: 'compact', options: { maxBytesPerSecond: 100 } });
  await fill(rig);
  const calls = [rig.cleanup.compact('t'), rig.cleanup.compact('t')].map((call) =>
    call.catch((error) => error),
  );
  await pass(rig.clock, 1000);
  expect(rig.cleanup.jobs().map(({ state }) => state)).toEqual(['running', 'waiting']);
  await rig.cleanup.close();
  for (const error of await Promise.all(calls)) expect(error).toMatchObject({ name: 'AbortError' });
  for (const call of [
    () => rig.cleanup.compact('t'),
    () => rig.cleanup.run(),
    () => rig.cleanup.compactAll(),
  ]) {
    await expect(call()).rejects.toMatchObject({ code: 'LOG_CLOSED' });
  }
  await rig.close();
});

test('one topic that fails stays alone with it, and rounds go on with the others', async () => {
  const [good, bad] = [await started({ policy: 'compact' }), await started({ policy: 'compact' })];
  for (const rig of [good, bad]) {
    await fill(rig);
    await rig.log.roll();
  }
  const offline = new SeglogError('TOPIC_OFFLINE', 'it cannot be opened');
  const target: CleanupTarget = {
    topics: () => [facts('bad'), facts('good')],
    log: async (topic) => (topic === 'bad' ? Promise.reject(offline) : good.log),
  };
  const cleanup = new Cleanup(target, { clock: good.clock });
  await cleanup.run();
  expect((await shownBy(good.log)).length).toBe(2);
  const outcomes = await cleanup.compactAll();
  expect(outcomes.get('bad')).toEqual({ recordsRemoved: 0, failure: offline });
  expect(outcomes.get('good')).toEqual({ recordsRemoved: 0 });
  await expect(cleanup.compact('none')).rejects.toMatchObject({ code: 'TOPIC_NOT_FOUND' });
  await Promise.all([cleanup.close(), good.close(), bad.close()]);
});

test('readers go on over everything that cleaning does, in strict order, with every gap declared', async () => {
  const rig = await started({ policy: 'compact,delete', cleanup: { retentionRecords: 40 } });
  const work = new AbortController();
  const reading = Array.from({ length: 8 }, async () => {
    let passes = 0;
    while (!work.signal.aborted) {
      let from = rig.log.offsets().logStart;
      try {
        for (let last = -1; from < rig.log.offsets().highWatermark; ) {
          const { records, gaps, nextOffset } = await rig.log.read(from, { maxRecords: 7 });
          const covered = gaps.reduce((sum, gap) => sum + gap.to - gap.from, records.length);
          expect(covered).toBe(nextOffset - from);
          for (const { offset } of records) {
            expect(offset).toBeGreaterThan(last);
            last = offset;
          }
          from = nextOffset;
        }
        passes += 1;
      } catch (error) {
        if (!SeglogError.is(error, 'OFFSET_OUT_OF_RANGE')) throw error;
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
    return passes;
  });
  for (let i = 0; i < 150; i += 1) {
    await rig.log.append([recordOf(`k${i % 7}=${i}`), recordOf(`l${i % 50}=${i}`)]);
    if (i % 10 === 9) await rig.log.roll();
    if (i % 15 === 14) await rig.cleanup.compact('t');
    if (i % 40 === 39) await rig.cleanup.run();
  }
  work.abort();
  for (const passes of await Promise.all(reading)) expect(passes).toBeGreaterThan(0);
  await rig.close();
});
