import { checkStore, knownFormats } from '@seglog/core';
import { damageStore, directoryOf, storeFaults } from '@seglog/testing';
import { recordSearch, searchPlan } from '@seglog/tools';
import * as fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { removeStores } from '../run-cli.js';
import { isAlarm, isDamage, isFound, meansNothing } from '../stores/judge-findings.js';
import { killedStore, knownStore } from '../stores/known-store.js';
import { RandomStore } from '../stores/random-store.js';
import { EVENTFUL_LIFE, roundTrip } from '../stores/round-trip.js';
import { storeLife } from '../stores/store-life.js';
import { TRAITS, type Trait, traitsOf } from '../stores/traits.js';

const PLAN = searchPlan();
const STORES = PLAN.scaled(1000);
const FAULTS = PLAN.scaled(10_000);
const TRIPS = PLAN.scaled(250);
const SEED = 28 + PLAN.seed;
const figures: Record<string, number> = {};
afterAll(() => recordSearch(figures, { seed: SEED }));

test(`no false alarm on ${STORES} healthy random stores`, async () => {
  let alarms = 0;
  const met = new Set<Trait>();
  const steps = fc.sample(storeLife(20), { numRuns: STORES, seed: SEED });
  for (const life of steps) {
    const store = new RandomStore();
    await store.live(life);
    const beside = await checkStore(store.directory, knownFormats());
    await store.settle();
    const closed = await checkStore(store.directory, knownFormats());
    for (const trait of await traitsOf(store.directory)) met.add(trait);
    alarms += beside.findings.filter(isDamage).length + closed.findings.filter(isAlarm).length;
  }
  figures['cli.verify.healthyStores'] = STORES;
  figures['cli.verify.falseAlarms'] = alarms;
  expect(alarms).toBe(0);
  // Few stores do not have everything that stores may have.
  if (PLAN.scale >= 1) expect([...met].toSorted()).toEqual(TRAITS.toSorted());
});

test(`${FAULTS} faults of every kind are found`, async () => {
  let tried = 0;
  const missed: string[] = [];
  for (const store of [await knownStore(), await killedStore()]) {
    const { findings: healthy } = await checkStore(await directoryOf(store.image), knownFormats());
    const faults = fc.sample(storeFaults(store.image, store.older), {
      numRuns: Math.ceil(FAULTS / 2),
      seed: SEED,
    });
    for (const fault of faults) {
      const root = await directoryOf(store.image);
      await damageStore(root, fault);
      const { findings } = await checkStore(root, knownFormats());
      const found = isFound(findings, fault, healthy);
      if (!found && (await meansNothing(store.image, root, fault))) continue;
      tried += 1;
      if (!found) missed.push(`${JSON.stringify(fault)} of ${[...store.image.keys()].join(' ')}`);
    }
  }
  figures['cli.verify.faults'] = tried;
  figures['cli.verify.faultsMissed'] = missed.length;
  expect(missed).toEqual([]);
  expect(tried).toBeGreaterThan(FAULTS * 0.8);
});

test(`${TRIPS} random stores come out of an export and an import as they were`, async () => {
  const lives = [EVENTFUL_LIFE, ...fc.sample(storeLife(20), { numRuns: TRIPS - 1, seed: SEED + 2 })];
  let records = 0;
  const met = new Set<Trait>();
  for (const life of lives) {
    const trip = await roundTrip(life);
    records += trip.records;
    for (const trait of trip.traits) met.add(trait);
    removeStores();
  }
  figures['cli.transfer.stores'] = TRIPS;
  figures['cli.transfer.records'] = records;
  if (PLAN.scale >= 1) expect([...met].toSorted()).toEqual(TRAITS.toSorted());
});
