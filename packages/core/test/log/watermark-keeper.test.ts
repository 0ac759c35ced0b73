import { expect, test } from 'vitest';
import { type Clock, crc32c, MemoryDirectory, SeglogError } from '../../src/index.js';
import { WatermarkKeeper } from '../../src/log/watermark-keeper.js';

/** Time comes when the test says so. */
class CalledClock implements Clock {
  public readonly waiting: (() => void)[] = [];
  public readonly nowMs = (): number => 0;
  public readonly monotonicMs = (): number => 0;

  public schedule(_: number, callback: () => void): { cancel(): void } {
    this.waiting.push(callback);
    return { cancel: () => undefined };
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('after a mark that could not be noted none is noted, not even one that was waiting already', async () => {
  const directory = new MemoryDirectory();
  const refusals: (() => void)[] = [];
  let tried = 0;
  directory.create = () => {
    tried++;
    return new Promise((_, reject) => {
      refusals.push(() => reject(new SeglogError('STORAGE', 'the medium fails')));
    });
  };
  const clock = new CalledClock();
  const current = () => ({ segmentId: 'a', epoch: 1, durable: tried });
  const keeper = new WatermarkKeeper({ directory, crc32c: crc32c(), clock, delayMs: 100, current });
  keeper.touch();
  clock.waiting.shift()?.();
  await turn();
  keeper.touch();
  for (const refuse of refusals) refuse();
  await turn();
  clock.waiting.shift()?.();
  keeper.touch();
  expect(clock.waiting).toEqual([]);
  await keeper.close();
  expect(tried).toBe(1);
});
