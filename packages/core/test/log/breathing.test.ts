import { expect, test } from 'vitest';
import { Breath, MemoryDirectory, syncNever } from '../../src/index.js';
import { openOn, record } from './log-bench.js';

/** Turns that the event loop makes while the work goes on. */
async function turnsDuring(work: () => Promise<unknown>): Promise<number> {
  let turns = 0;
  let next: NodeJS.Immediate | undefined;
  const turn = (): void => {
    turns++;
    next = setImmediate(turn);
  };
  next = setImmediate(turn);
  await work();
  clearImmediate(next);
  return turns;
}

test('long work on bytes that are all at hand lets the event loop turn', async () => {
  const root = new MemoryDirectory();
  const { log, session } = await openOn(root, { parts: { syncPolicy: syncNever() } });
  for (let i = 0; i < 40; i++) await log.append([record('a', 512 * 1024)]);
  expect(await turnsDuring(() => log.scan(0, () => true))).toBeGreaterThanOrEqual(3);
  await session.close({ clean: false });

  let scannedBytes = 0;
  const turns = await turnsDuring(async () => {
    const again = await openOn(root, { parts: { syncPolicy: syncNever() } });
    scannedBytes = again.report.scannedBytes;
    await again.log.close();
  });
  expect(scannedBytes).toBeGreaterThan(20_000_000);
  expect(turns).toBeGreaterThanOrEqual(4);
});

test('a loop of appends that wait for nothing lets the event loop turn', async () => {
  const { log } = await openOn(new MemoryDirectory(), { parts: { syncPolicy: syncNever() } });
  const turns = await turnsDuring(async () => {
    for (let i = 0; i < 3000; i++) await log.append([record('a', 10)]);
  });
  expect(turns).toBeGreaterThanOrEqual(5);
  await log.close();
});

test('a loop of reads from memory lets the event loop turn', async () => {
  const { log } = await openOn(new MemoryDirectory(), { parts: { syncPolicy: syncNever() } });
  await log.append(Array.from({ length: 100 }, () => record('a', 10)));
  for (let i = 0; i < 3; i++) await log.read(7, { maxRecords: 1 });
  const turns = await turnsDuring(async () => {
    for (let i = 0; i < 20_000; i++) await log.read(i % 100, { maxRecords: 1 });
  });
  expect(turns).toBeGreaterThanOrEqual(5);
  await log.close();
});

test('a loop of reads and looks that meet a frame each lets the event loop turn', async () => {
  const { log } = await openOn(new MemoryDirectory(), {
    parts: { syncPolicy: syncNever(), frameCache: undefined },
  });
  await log.append(Array.from({ length: 100 }, () => record('a', 10)));
  for (const look of [() => log.read(7, { maxRecords: 1 }), () => log.offsetForTimestamp(1)]) {
    const turns = await turnsDuring(async () => {
      for (let i = 0; i < 5000; i++) await look();
    });
    expect(turns).toBeGreaterThanOrEqual(1);
  }
  await log.close();
});

test('all who work meet the same pause, and none goes on before the event loop has turned', async () => {
  const breath = new Breath();
  expect(breath.after(1024)).toBeUndefined();
  expect(breath.due).toBeUndefined();
  const pause = breath.after(4 * 1024 * 1024);
  expect(pause).toBeInstanceOf(Promise);
  expect(breath.after(1)).toBe(pause);
  expect(breath.due).toBe(pause);
  await pause;
  expect(breath.due).toBeUndefined();
  expect(breath.after(1)).toBeUndefined();
});
