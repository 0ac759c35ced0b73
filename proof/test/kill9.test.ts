import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runKill9 } from '../src/kill9/kill9.js';
import { compileChildren } from './compiled.js';

const home = mkdtempSync(join(tmpdir(), 'seglog-kill9-'));
beforeAll(compileChildren);
afterAll(() => rmSync(home, { recursive: true, force: true }));

describe('a killed process loses nothing that it acknowledged', () => {
  test.each([
    ['pread', 'batch'],
    ['mmap', 'plain'],
  ] as const)('read by %s, written by the %s codec', async (reader, codec) => {
    const found = await runKill9({
      directory: join(home, reader),
      cycles: 5,
      seed: 20,
      readers: [reader],
      codecs: [codec],
      syncs: ['always', 'group:2ms', 'appends:20,50ms', 'never'],
    });
    expect(found.faults).toEqual([]);
    expect(found).toMatchObject({ cycles: 5, lost: 0, phantoms: 0 });
    expect(found.acknowledged).toBeGreaterThan(0);
  });
});
