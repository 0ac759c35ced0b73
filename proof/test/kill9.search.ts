import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { recordSearch, searchPlan } from '@seglog/tools';
import { beforeAll, expect, test } from 'vitest';
import { EVERY_KIND, type Kill9Result, runKill9 } from '../src/kill9/kill9.js';
import { kill9Figures, kill9Story } from '../src/kill9/kill9-figures.js';
import { compileChildren } from './compiled.js';

const CYCLES = searchPlan().scaled(300);

beforeAll(compileChildren);

test(`${CYCLES} kills under load take nothing that was acknowledged`, async () => {
  const directory = mkdtempSync(join(tmpdir(), 'seglog-kill9-'));
  const seed = Date.now() % 1_000_000;
  const found = await runKill9({ directory, cycles: CYCLES, seed, ...EVERY_KIND });
  console.log(`seed ${seed}`, kill9Figures(found));
  record(found, seed);
  if (found.faults.length > 0) console.error(kill9Story(found, { seed, directory }));
  expect(found.faults).toEqual([]);
  expect(found).toMatchObject({ cycles: CYCLES, lost: 0, phantoms: 0 });
  rmSync(directory, { recursive: true, force: true });
});

/** What was counted; times are taken by a command of their own, on a machine that does nothing else. */
function record(found: Kill9Result, seed: number): void {
  const { cycles, kills, acknowledged, lost, phantoms } = found;
  const entries = Object.entries({ cycles, kills, acknowledged, lost, phantoms });
  const figures = Object.fromEntries(entries.map(([key, value]) => [`kill9.${key}`, value]));
  recordSearch(figures, { seed, units: { 'kill9.acknowledged': 'records' } });
}
