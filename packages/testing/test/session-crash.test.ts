import { expect, test } from 'vitest';
import { enumerateCrashes } from '../src/index.js';
import { RESTORED_SESSION_STUDY, SESSION_STUDY } from './studies/session-study.js';

test.each([0, 1, 5, 6])('nor does one after sync number %d had failed', async (skip) => {
  const faults = [{ call: 'sync', skip, effect: { kind: 'error', errno: 'EIO' } }] as const;
  const report = await enumerateCrashes(SESSION_STUDY, { faults });
  expect(report.violations[0]?.timeline).toBeUndefined();
  expect(report.distinctStates).toBeGreaterThan(10);
});

test('no crash brings an epoch back, or a clean mark that was not given', async () => {
  const report = await enumerateCrashes(SESSION_STUDY, { depth: 2, profile: 'hostile' });
  expect(report.violations[0]?.timeline).toBeUndefined();
  expect(report.distinctStates).toBeGreaterThan(20);
});

test('a session that was lost is made anew, whole, however often it is cut short', async () => {
  const report = await enumerateCrashes(RESTORED_SESSION_STUDY, { depth: 2, profile: 'hostile' });
  expect(report.violations[0]?.timeline).toBeUndefined();
  expect(report.distinctStates).toBeGreaterThan(20);
});
