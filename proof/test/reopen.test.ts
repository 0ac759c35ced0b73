import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runReopen } from '../src/reopen/reopen.js';
import { compileChildren } from './compiled.js';

const directory = mkdtempSync(join(tmpdir(), 'seglog-reopen-'));
beforeAll(compileChildren);
afterAll(() => rmSync(directory, { recursive: true, force: true }));

test('a log that was closed cleanly is opened without a scan, whatever its size', async () => {
  const small = await runReopen(directory, 1_000_000, 'closed');
  const large = await runReopen(directory, 20_000_000, 'closed');
  expect(small).toMatchObject({ clean: true, scannedBytes: 0 });
  expect(large).toMatchObject({ clean: true, scannedBytes: 0 });
  expect(large.readBytes).toBeLessThan(small.readBytes + 300_000);
});

test('a log whose process was killed is scanned once', async () => {
  const found = await runReopen(directory, 5_000_000, 'killed');
  expect(found.clean).toBe(false);
  expect(found.scannedBytes).toBeGreaterThanOrEqual(5_000_000);
});
