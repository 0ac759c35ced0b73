import { afterAll, expect, test } from 'vitest';
import {
  type CrashProfile,
  type CrashReport,
  crashProfiles,
  enumerateCrashes,
  formatCrashReports,
  Oracle,
  SimulatedDisk,
  traceHash,
} from '../src/index.js';
import { LOG_STUDIES } from './studies/log-studies.js';
import { type LogStudy, logStudy } from './studies/log-study.js';

const reports: CrashReport[] = [];
afterAll(() => console.log(formatCrashReports(reports)));

async function callsUnder(seed: number, study: LogStudy): Promise<number> {
  const disk = new SimulatedDisk({ seed });
  await disk.run(() => logStudy(study).workload(disk, new Oracle()));
  return traceHash(disk.trace);
}

test.each(LOG_STUDIES)('$name makes the same calls under the same seed', async (study) => {
  const [first, again, other] = [
    await callsUnder(3, study),
    await callsUnder(3, study),
    await callsUnder(4, study),
  ];
  expect(again).toBe(first);
  expect(other).not.toBe(first);
});

/** For the larger studies; `npm run test:ci` takes `strict` for them too. */
const light: CrashProfile = (pending, random) =>
  (['prefix', 'drop-one', 'keep-one', 'kill'] as const).flatMap((name) => [
    ...crashProfiles[name](pending, random),
  ]);

test.each(LOG_STUDIES)('$name survives every crash', async (study) => {
  const report = await enumerateCrashes(logStudy(study), {
    profile: study.large === true ? light : 'strict',
  });
  expect(report.violations[0]?.timeline).toBeUndefined();
  expect(report.distinctStates).toBeGreaterThan(20);
  reports.push(report);
});
