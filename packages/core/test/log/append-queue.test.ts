import { describe, expect, test } from 'vitest';
import { batchFrameCodec, crcFrameCodec, MemoryDirectory, SeglogError } from '../../src/index.js';
import { allOf, openOn, record } from './log-bench.js';

const bench = { settings: { maxQueuedBytes: 100 } };

describe('appends in line', () => {
  test('an append that is taken back frees its place for who waits outside', async () => {
    const { log } = await openOn(new MemoryDirectory(), bench);
    const control = new AbortController();
    const first = log.append([record('a', 90)], { signal: control.signal });
    const outside = log.append([record('b', 90)]);
    control.abort(new Error('changed my mind'));
    await expect(first).rejects.toThrow('changed my mind');
    expect((await outside).baseOffset).toBe(0);
    await log.close();
  });

  test('an append that is taken back outside leaves nobody behind it waiting', async () => {
    const { log } = await openOn(new MemoryDirectory(), bench);
    const control = new AbortController();
    const first = log.append([record('a', 60)]);
    const outside = log.append([record('b', 60)], { signal: control.signal });
    const small = log.append([record('c', 30)]);
    control.abort(new Error('changed my mind'));
    await expect(outside).rejects.toThrow('changed my mind');
    expect((await first).baseOffset).toBe(0);
    expect((await small).baseOffset).toBe(1);
    expect((await allOf(log)).length).toBe(2);
    expect(log.stats().queuedBytes).toBe(0);
    await log.close();
  });
});

describe('what an append may hold', () => {
  for (const codec of [batchFrameCodec(), crcFrameCodec()]) {
    test(`a record that fits no ${codec.name} frame is turned away alone, whatever stands beside it`, async () => {
      const settings = { maxSegmentBytes: 64 * 1024, maxFrameBytes: 4096 };
      const { log } = await openOn(new MemoryDirectory(), { settings, parts: { codec, readingCodecs: [] } });
      const headers = Array.from({ length: 2000 }, () => ({ name: 'x', value: new Uint8Array(0) }));
      for (const others of [0, 1, 5]) {
        const records = [{ value: null, headers }, ...Array.from({ length: others }, () => record('a'))];
        const append = log.append(records);
        await expect(append).rejects.toSatisfy((error) => SeglogError.is(error, 'RECORD_TOO_LARGE'));
      }
      expect((await log.append([record('b')])).baseOffset).toBe(0);
      await log.close();
    });
  }
});

test('an option that append does not have is not passed over', async () => {
  const { log } = await openOn(new MemoryDirectory(), {});
  const misspelt: object = { acknowlege: 'synced' };
  await expect(log.append([record('a')], misspelt)).rejects.toThrow("append has no option 'acknowlege'");
  expect(log.offsets().logEnd).toBe(0);
  await log.close();
});
