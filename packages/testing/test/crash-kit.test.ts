import { afterAll, expect, test } from 'vitest';
import {
  type CrashReport,
  enumerateCrashes,
  formatCrashReports,
  NondeterminismError,
  omitSyncs,
  replayCrash,
  walkCrashes,
} from '../src/index.js';
import { TOY_BUGS } from './toy/toy-log.js';
import { goingOn, TOY_FAULTS, toyStudy } from './toy/toy-study.js';

const reports: CrashReport[] = [];
afterAll(() => console.log(formatCrashReports(reports)));

test.each([undefined, ...Object.keys(TOY_FAULTS)] as const)(
  'the correct toy survives every crash, with the faults of %s',
  async (bug) => {
    const faults = Object.entries(TOY_FAULTS).find(([name]) => name === bug)?.[1];
    const study = goingOn(toyStudy(), new Set());
    const report = await enumerateCrashes(study, { depth: 2, faults });
    expect(report.violations[0]?.timeline).toBeUndefined();
    expect(report.distinctStates).toBeGreaterThan(100);
    expect(report.maxDepth).toBe(2);
    reports.push(report);
    console.log(formatCrashReports([report]));
  },
);

test.each(TOY_BUGS)('the planted bug is caught: %s', async (bug) => {
  const study = goingOn(toyStudy(bug), new Set([bug]));
  const options = { depth: 2, faults: TOY_FAULTS[bug], maxViolations: 1 };
  const { violations } = await enumerateCrashes(study, options);
  expect(violations).toHaveLength(1);
  const [violation] = violations;
  expect(violation?.timeline).toContain(violation?.replay);
  const again = await replayCrash(study, violation?.replay ?? '', options);
  expect(again?.timeline).toBe(violation?.timeline);
});

test('equal seeds give equal hashes', async () => {
  const hashes = await Promise.all(
    [1, 1].map(async (seed) => (await enumerateCrashes(toyStudy(), { seed })).hash),
  );
  expect(hashes[0]).toBe(hashes[1]);
});

test('a workload that differs from run to run is refused', async () => {
  let run = 0;
  const study = {
    ...toyStudy(),
    workload: async (disk: Parameters<ReturnType<typeof toyStudy>['workload']>[0]) => {
      run += 1;
      await disk.root.create(`f${run}`);
    },
  };
  await expect(enumerateCrashes(study)).rejects.toBeInstanceOf(NondeterminismError);
});

test('the absence of a sync is noticed, unless another one does its work', async () => {
  const omitted = await omitSyncs(goingOn(toyStudy(), new Set()));
  const needless = omitted.filter(({ violation }) => violation === undefined).map(({ call }) => call);
  expect(omitted.length).toBeGreaterThan(10);
  expect(needless).toEqual(['syncDirectory store', 'sync store/data-0']);
});

test('random walks find a bug that shows only when recovery is crashed', async () => {
  const bugs = new Set(['recovered data not synced'] as const);
  const study = goingOn(toyStudy(...bugs), bugs);
  const options = { seed: 7, walks: 2_000, depth: 3, maxViolations: 1 };
  const { violations } = await walkCrashes(study, options);
  expect(violations[0]?.steps.length).toBeGreaterThan(1);
  const again = await replayCrash(study, violations[0]?.replay ?? '');
  expect(again?.message).toBe(violations[0]?.message);
  const correct = await walkCrashes(goingOn(toyStudy(), new Set()), options);
  expect(correct).toMatchObject({ violations: [], maxDepth: 3, states: 6_000 });
});

test('a search ends when it is told to, and goes on where it was', async () => {
  const aborted = await enumerateCrashes(toyStudy(), { signal: AbortSignal.abort() });
  expect(aborted).toMatchObject({ aborted: true, states: 0, resumeAt: 0 });
  const whole = await enumerateCrashes(toyStudy());
  const parts = [
    await enumerateCrashes(toyStudy(), { to: 9 }),
    await enumerateCrashes(toyStudy(), { from: 9 }),
  ];
  expect(parts.reduce((sum, { states }) => sum + states, 0)).toBe(whole.states);
  expect(parts.reduce((sum, { crashPoints }) => sum + crashPoints, 0)).toBe(whole.crashPoints);
  const walks = [
    await walkCrashes(toyStudy('ack before sync'), { walks: 40, maxViolations: 1 }),
    await walkCrashes(toyStudy('ack before sync'), { walks: 40, maxViolations: 2 }),
  ];
  const at = walks[0]?.resumeAt ?? 0;
  const later = await walkCrashes(toyStudy('ack before sync'), { walks: 40, from: at, maxViolations: 1 });
  expect(later.resumeAt).toBe(walks[1]?.resumeAt);
});

test('a sample of a study takes each of its crash points once', async () => {
  const shards = await Promise.all(
    [0, 1, 2].map((index) => enumerateCrashes(toyStudy(), { shard: { index, count: 3 } })),
  );
  const whole = await enumerateCrashes(toyStudy());
  const cuts = shards.reduce((sum, { crashPoints }) => sum + crashPoints, 0);
  expect(cuts).toBe(whole.crashPoints);
});

test('a study can leave the beginning that it shares with others to one of them', async () => {
  const whole = await enumerateCrashes(toyStudy());
  const later = await enumerateCrashes(toyStudy(), { fromFact: 2 });
  const upTo = whole.crashPoints - later.crashPoints;
  expect(upTo).toBeGreaterThan(0);
  expect(later.crashPoints).toBeGreaterThan(0);
  expect(later.states).toBe((await enumerateCrashes(toyStudy(), { from: upTo })).states);
  expect((await enumerateCrashes(toyStudy(), { fromFact: 1000 })).crashPoints).toBe(0);
});

test('a violation is shrunk to the steps that it needs, and replayed with these', async () => {
  const study = toyStudy('truncation not synced');
  const { violations } = await enumerateCrashes(study, { maxViolations: 1 });
  const [violation] = violations;
  expect(violation?.replay).toMatch(/^seed=1 keep=0.1.2 crash=/);
  expect(violation?.timeline).toMatch(/^the workload, of which step 0, 1, 2 is needed$/m);
  const again = await replayCrash(study, violation?.replay ?? '');
  expect(again?.timeline).toBe(violation?.timeline);
  const { steps: _, ...opaque } = study;
  const unshrunk = (await enumerateCrashes(opaque, { maxViolations: 1 })).violations[0];
  expect(unshrunk?.replay).toMatch(/^seed=1 crash=/);
  await expect(replayCrash(opaque, violation?.replay ?? '')).rejects.toThrow(RangeError);
});
