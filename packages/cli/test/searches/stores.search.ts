import { checkStore, knownFormats } from '@seglog/core';
import { damageStore, directoryOf, storeFaults } from '@seglog/testing';
import { recordFigures } from '@seglog/tools';
import * as fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { isAlarm, isDamage, isFound, meansNothing } from '../stores/judge-findings.js';
import { knownStore } from '../stores/known-store.js';
import { RandomStore, storeLife } from '../stores/random-store.js';

const STORES = 1000;
const FAULTS = 10_000;
const figures: Record<string, number> = {};
afterAll(() => recordFigures(figures, { command: 'npm run test:ci', seed: 29 }));

test(`no false alarm on ${STORES} healthy random stores`, async () => {
  let alarms = 0;
  const steps = fc.sample(storeLife(20), { numRuns: STORES, seed: 29 });
  for (const life of steps) {
    const store = new RandomStore();
    await store.live(life);
    const beside = await checkStore(store.directory, knownFormats());
    await store.settle();
    const closed = await checkStore(store.directory, knownFormats());
    alarms += beside.findings.filter(isDamage).length + closed.findings.filter(isAlarm).length;
  }
  figures['cli.verify.healthyStores'] = STORES;
  figures['cli.verify.falseAlarms'] = alarms;
  expect(alarms).toBe(0);
});

test(`${FAULTS} faults of every kind are found`, async () => {
  const store = await knownStore();
  let [tried, missed] = [0, 0];
  for (const fault of fc.sample(storeFaults(store.image, store.older), { numRuns: FAULTS, seed: 29 })) {
    const root = await directoryOf(store.image);
    await damageStore(root, fault);
    if (await meansNothing(store.image, root, fault)) continue;
    const { findings } = await checkStore(root, knownFormats());
    tried += 1;
    if (!isFound(findings, fault)) missed += 1;
  }
  figures['cli.verify.faults'] = tried;
  figures['cli.verify.faultsMissed'] = missed;
  expect(missed).toBe(0);
  expect(tried).toBeGreaterThan(FAULTS * 0.8);
});
