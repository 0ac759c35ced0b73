import { parseSyncPolicy } from '@seglog/core';
import { LogWorkbench } from '@seglog/testing';
import { expect, test } from 'vitest';
import { createRoot } from './temporary-root.js';

/** Short writes are made on the calling thread: a loop that awaits them meets nothing to wait for. */
test('a loop of appends that are not synced lets syncs end and timers fire', async () => {
  const root = await createRoot();
  const parts = { syncPolicy: parseSyncPolicy('appends:100,60000ms') };
  const { log } = await LogWorkbench.open(root.directory, { parts });
  let fired = false;
  const timer = setTimeout(() => {
    fired = true;
  }, 1);
  for (let i = 0; i < 20_000; i++) await log.append([{ value: new Uint8Array(10) }]);
  expect(fired).toBe(true);
  expect(log.offsets().durable).toBeGreaterThan(100);
  clearTimeout(timer);
  await log.close();
  await root.dispose();
});
