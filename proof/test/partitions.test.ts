import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runPartitions } from '../src/partitions/partitions.js';
import { compileChildren } from './compiled.js';

const directory = mkdtempSync(join(tmpdir(), 'seglog-partitions-'));
beforeAll(compileChildren);
afterAll(() => rmSync(directory, { recursive: true, force: true }));

test('many partitions share few descriptors, and open again without a scan', async () => {
  const { created, opened } = await runPartitions({ directory, topics: 3, partitions: 40, maxOpenFiles: 32 });
  for (const found of [created, opened]) {
    expect(found.partitions).toBe(120);
    expect(found.descriptors).toBeLessThanOrEqual(32);
  }
  expect(opened).toMatchObject({ clean: 120, scannedBytes: 0 });
});
