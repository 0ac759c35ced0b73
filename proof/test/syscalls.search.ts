import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { buildFaultsLibrary } from '../src/syscalls/faults-library.js';
import { runSyscalls } from '../src/syscalls/syscalls.js';
import { fastDisk, syscallsFigures } from '../src/syscalls/syscalls-figures.js';
import { compileChildren } from './compiled.js';

/** Each effect takes a different one of so many calls. */
const EVERY = 10;

beforeAll(compileChildren);

test('a process is killed before each of its system calls, and calls fail: nothing acknowledged is lost', async (context) => {
  const directory = mkdtempSync(join(fastDisk(), 'seglog-syscalls-'));
  const { path: library, why } = buildFaultsLibrary(directory);
  if (library === undefined) {
    rmSync(directory, { recursive: true });
    context.skip(why);
    return;
  }
  const shared = { directory, library, seed: 1 };
  const kills = await runSyscalls({ ...shared, every: 1, effects: [{ effect: 'kill', ever: false }] });
  const kinds = ['torn', 'short', 'EIO', 'ENOSPC'] as const;
  const once = kinds.map((effect) => ({ effect, ever: false }));
  const ever = (['EIO', 'ENOSPC'] as const).map((effect) => ({ effect, ever: true }));
  const errors = await runSyscalls({ ...shared, every: EVERY, effects: [...once, ...ever] });
  console.log(syscallsFigures(kills, errors));
  expect([...kills.faults, ...errors.faults]).toEqual([]);
  expect(kills.lost + kills.phantoms + errors.lost + errors.phantoms).toBe(0);
  rmSync(directory, { recursive: true, force: true });
});
