import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Figures, readFigures } from '../src/index.js';
import { recordSearch, searchPlan } from '../src/search/search-plan.js';

const LONG = {
  SEGLOG_SEARCH_SCALE: '2.5',
  SEGLOG_SEARCH_SEED: '7',
  SEGLOG_SEARCH_COMMAND: 'npm run test:long',
};

/** What is recorded of one search in this environment. */
function recorded(environment: NodeJS.ProcessEnv): Figures {
  const folder = mkdtempSync(join(tmpdir(), 'seglog-plan-'));
  const path = join(folder, 'figures.json');
  try {
    recordSearch({ 'crash.states': 12 }, { units: { 'crash.states': 'states' }, path }, environment);
    return readFigures(path);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('a run searches as much as it is told, from the seed that it is told on', () => {
  expect(searchPlan({})).toMatchObject({ scale: 1, seed: 1, seeds: [1], walkDepth: 3 });
  const plan = searchPlan(LONG);
  expect(plan).toMatchObject({ scale: 2.5, seed: 7, seeds: [7, 8, 9], walkDepth: 4 });
  expect([plan.scaled(300), plan.shard]).toEqual([750, undefined]);
  const short = searchPlan({ SEGLOG_SEARCH_SCALE: '0.001' });
  expect([short.scaled(300), short.shard?.count]).toEqual([1, 1000]);
  for (const scale of ['0', '-1', 'much']) {
    expect(() => searchPlan({ SEGLOG_SEARCH_SCALE: scale })).toThrow(RangeError);
  }
});

test('a long run is recorded beside the others, with its seed and scale', () => {
  expect(recorded({})).toMatchObject({ 'crash.states': { value: 12, seed: 1, unit: 'states' } });
  const found = recorded(LONG);
  expect(Object.keys(found).toSorted()).toEqual(['long.crash.states', 'long.scale']);
  expect(found['long.crash.states']).toMatchObject({ seed: 7, unit: 'states', command: 'npm run test:long' });
  expect(found['long.scale']?.value).toBe(2.5);
});

test('a search that was cut short leaves no figure', () => {
  expect(recorded({ ...LONG, SEGLOG_SEARCH_SCALE: '0.5' })).toEqual({});
});
