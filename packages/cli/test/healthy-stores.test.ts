import { setImmediate } from 'node:timers/promises';
import { checkStore, knownFormats } from '@seglog/core';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { isAlarm, isDamage } from './stores/judge-findings.js';
import { RandomStore } from './stores/random-store.js';
import { storeLife } from './stores/store-life.js';
import { TRAITS, type Trait, traitsOf } from './stores/traits.js';

const RUNS = Number(process.env['SEGLOG_RUNS'] ?? 40);

test('no false alarm on random stores: of a living one nothing is damaged, of a closed one a crash left nothing', async () => {
  const found = { logs: 0, records: 0 };
  const met = new Set<Trait>();
  await fc.assert(
    fc.asyncProperty(storeLife(), async (steps) => {
      const store = new RandomStore();
      await store.live(steps);
      for (const deep of [true, false]) {
        const { findings } = await checkStore(store.directory, knownFormats(), { deep });
        expect(findings.filter(isDamage)).toEqual([]);
      }
      await store.settle();
      for (const trait of await traitsOf(store.directory)) met.add(trait);
      const report = await checkStore(store.directory, knownFormats());
      found.logs += report.logs;
      found.records += report.records;
      expect(report.findings.filter(isAlarm)).toEqual([]);
    }),
    { numRuns: RUNS, seed: 5 },
  );
  expect(found.logs).toBeGreaterThan(RUNS);
  expect(found.records).toBeGreaterThan(10 * RUNS);
  expect([...met].toSorted()).toEqual(TRAITS.toSorted());
});

test('a check beside a writer that appends, rolls and truncates all the time finds no damage', async () => {
  const store = new RandomStore();
  await store.live([{ do: 'append', topic: 0, partition: 0, batches: [[{ value: Uint8Array.of(1) }]] }]);
  const state = { writing: true };
  const write = async (): Promise<void> => {
    for (const steps of fc.sample(storeLife(8), { numRuns: 60, seed: 3 })) {
      await store.live(steps.filter((step) => step.do !== 'kill' && step.do !== 'reopen'));
    }
  };
  const writer = write().finally(() => {
    state.writing = false;
  });
  writer.catch(() => undefined);
  let checks = 0;
  for (; state.writing; checks += 1) {
    await setImmediate();
    const { findings } = await checkStore(store.directory, knownFormats());
    expect(findings.filter(isDamage)).toEqual([]);
  }
  await writer;
  expect(checks).toBeGreaterThan(3);
  await store.close();
});
