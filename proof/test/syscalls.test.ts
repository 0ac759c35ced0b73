import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildFaultsLibrary } from '../src/syscalls/faults-library.js';
import { runSyscalls } from '../src/syscalls/syscalls.js';
import { compileChildren } from './compiled.js';

const directory = mkdtempSync(join(tmpdir(), 'seglog-syscalls-'));
const { path: library, why } = buildFaultsLibrary(directory);
beforeAll(compileChildren);
afterAll(() => rmSync(directory, { recursive: true, force: true }));

test('a system call that goes wrong, whichever it is, takes nothing that was acknowledged', async (context) => {
  if (library === undefined) {
    context.skip(why);
    return;
  }
  const kinds = ['kill', 'torn', 'short', 'EIO', 'ENOSPC'] as const;
  const effects = kinds.map((effect) => ({ effect, ever: false }));
  const found = await runSyscalls({ directory, library, seed: 3, every: 60, effects });
  expect(found.faults).toEqual([]);
  expect(found).toMatchObject({ lost: 0, phantoms: 0 });
  expect(found.calls).toBeGreaterThan(100);
  expect(Object.keys(found.points)).toEqual(expect.arrayContaining([...kinds]));
});
