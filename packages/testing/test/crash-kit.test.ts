import { afterAll, expect, test } from 'vitest';
import {
  type CrashReport,
  enumerateCrashes,
  formatCrashReports,
  NondeterminismError,
  replayCrash,
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
