import { type CrashProfile, crashProfiles, enumerateCrashes } from '@seglog/testing';
import { expect, test } from 'vitest';
import { CLEANING_STUDIES } from './cleaning-studies.js';
import { cleaningStudy } from './cleaning-study.js';

/** For the larger studies; `npm run test:ci` takes `strict` for them too. */
const light: CrashProfile = (pending, random) =>
  (['prefix', 'kill'] as const).flatMap((name) => [...crashProfiles[name](pending, random)]);

test.each(CLEANING_STUDIES)('$name survives every crash', async (study) => {
  const report = await enumerateCrashes(cleaningStudy(study), {
    profile: study.large === true ? light : 'strict',
  });
  expect(report.violations[0]?.timeline).toBeUndefined();
  expect(report.distinctStates).toBeGreaterThan(20);
});
