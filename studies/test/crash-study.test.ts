import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { replayCrash } from '@seglog/testing';
import { describe, expect, test } from 'vitest';
import { readVerdicts } from '../src/report/verdicts.js';
import { workspace } from '../src/room/program.js';
import { STORES } from '../src/stores/stores.js';
import { CRASH_KINDS } from '../src/study/crash-kinds.js';
import { settingsOf, studyStore } from '../src/study/run-study.js';
import { CLAIM_NAMES, claimStudy } from '../src/study/store-study.js';
import { WORKLOADS } from '../src/study/workloads.js';

const verdicts = readVerdicts();
const page = readFileSync(join(workspace, '..', 'docs', 'crash-study.md'), 'utf8');

/** Seglog makes more calls than the others: fewer of them fit into a test. */
const every = (name: string): number => (name === 'Seglog' ? 16 : 4);

describe.each(STORES.map((store) => [store.name, store] as const))('%s', (name, store) => {
  const recorded = verdicts.filter((verdict) => verdict.store === name);

  test('the page is about the version that is installed', () => {
    expect(recorded).toHaveLength(CRASH_KINDS.length * CLAIM_NAMES.length);
    expect(new Set(recorded.map(({ version }) => version))).toEqual(new Set([store.version]));
    expect(page).toContain(`| ${name} | ${store.version} |`);
  });

  test('each recorded failure happens again', async () => {
    const open = await store.prepare();
    for (const { kind, claim, workload: title, message, replay } of recorded) {
      if (replay === undefined) continue;
      const workload = WORKLOADS.find((one) => one.name === title);
      const crash = CRASH_KINDS.find((one) => one.name === kind);
      if (workload === undefined || crash === undefined)
        throw new TypeError(`${title}, ${kind} is not there`);
      const settings = settingsOf(workload, crash, { seed: 1 });
      const found = await replayCrash(claimStudy({ name, open, workload }, claim), replay, settings);
      expect(found?.message).toBe(message);
    }
  });

  test('what holds on the page holds in a part of all crashes', async () => {
    const { kinds } = await studyStore(store, { seed: 1, every: every(name) });
    for (const { kind, claim, holds } of recorded) {
      if (holds)
        expect([kind, claim, kinds[kind][claim].example?.timeline]).toEqual([kind, claim, undefined]);
    }
  });
});

test('Seglog and the careful way by hand hold every claim in every crash', () => {
  const names = new Set(['Seglog', 'temporary file, fsync, rename, fsync of the directory']);
  const ours = verdicts.filter(({ store }) => names.has(store));
  expect(ours).toHaveLength(2 * CRASH_KINDS.length * CLAIM_NAMES.length);
  expect(ours.every(({ holds }) => holds)).toBe(true);
});
