import { describe, expect, test } from 'vitest';
import { type Log, MemoryDirectory, SeglogError, syncNever } from '../../src/index.js';
import { openOn, record, watched } from './log-bench.js';

async function filled(records: number): Promise<Log> {
  const { log } = await openOn(new MemoryDirectory());
  for (let i = 0; i < records; i++) await log.append([record(`v${i}`)]);
  return log;
}

const outOfRange = (error: unknown): boolean => SeglogError.is(error, 'OFFSET_OUT_OF_RANGE');

describe('following a log', () => {
  test('a follower at the end learns at once that what it has shown was truncated away', async () => {
    const log = await filled(20);
    const follower = log.tail(0)[Symbol.asyncIterator]();
    for (let i = 0; i < 20; i++) await follower.next();
    const waiting = follower.next();
    await log.truncateAfter(9);
    await expect(waiting).rejects.toSatisfy(outOfRange);
    await log.close();
  });

  test('a follower that has shown what was truncated and replaced does not go on as if nothing had happened', async () => {
    const log = await filled(20);
    const follower = log.tail(0)[Symbol.asyncIterator]();
    const first = follower.next();
    await log.truncateAfter(9);
    for (let i = 10; i < 30; i++) await log.append([record(`new ${i}`)]);
    const rest = (async (): Promise<void> => {
      for (let next = await first; next.done !== true; ) next = await follower.next();
    })();
    await expect(rest).rejects.toSatisfy(outOfRange);
    await log.close();
  });

  test('the latest record is the one at the time of the call', async () => {
    const log = await filled(3);
    const follower = log.tail('latest')[Symbol.asyncIterator]();
    await log.append([record('after')]);
    expect((await follower.next()).value?.offset).toBe(3);
    await log.close();
  });

  test('an aborted follower shows nothing more of what it had read', async () => {
    const log = await filled(20);
    const control = new AbortController();
    const follower = log.tail(0, { signal: control.signal })[Symbol.asyncIterator]();
    await follower.next();
    control.abort(new Error('enough'));
    await expect(follower.next()).rejects.toThrow('enough');
    await log.close();
  });
});

test('waiting for an offset to come asks for the sync once it is written', async () => {
  const { log } = await openOn(new MemoryDirectory(), { parts: { syncPolicy: syncNever() } });
  const reached = log.whenDurable(5);
  for (let i = 0; i < 5; i++) await log.append([record(`v${i}`)]);
  await reached;
  expect(log.offsets().durable).toBe(5);
  await log.close();
});

test('a follower that keeps up reads nothing but what was appended, and that from memory', async () => {
  const reads = { bytes: [] };
  const { log } = await openOn(watched(new MemoryDirectory(), reads));
  const follower = log.tail('earliest')[Symbol.asyncIterator]();
  const follow = async (value: string): Promise<void> => {
    const next = follower.next();
    await log.append([record(value)]);
    expect((await next).value?.value).toEqual(record(value).value);
  };
  for (let i = 0; i < 5; i++) await follow(`v${i}`);
  reads.bytes.length = 0;
  for (let i = 5; i < 40; i++) await follow(`v${i}`);
  expect(reads.bytes).toEqual([]);
  await follow('long'.repeat(2000));
  expect(reads.bytes).toHaveLength(1);
  await log.close();
});

test('after a truncation the end is found again', async () => {
  const log = await filled(200);
  await log.truncateAfter(149);
  await log.append([record('new')]);
  const { records } = await log.read(149);
  expect(records.map(({ offset, value }) => [offset, String.fromCharCode(...(value ?? []))])).toEqual([
    [149, 'v149'],
    [150, 'new'],
  ]);
  await log.close();
});
