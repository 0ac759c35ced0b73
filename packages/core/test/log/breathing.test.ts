import { expect, test } from 'vitest';
import { MemoryDirectory, syncNever } from '../../src/index.js';
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
