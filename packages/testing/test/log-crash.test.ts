import { afterAll, expect, test } from 'vitest';
import {
  type CrashProfile,
  type CrashReport,
  crashProfiles,
  enumerateCrashes,
  formatCrashReports,
} from '../src/index.js';
import { LOG_STUDIES } from './studies/log-studies.js';
import { logStudy } from './studies/log-study.js';

const reports: CrashReport[] = [];
afterAll(() => console.log(formatCrashReports(reports)));

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
