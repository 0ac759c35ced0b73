import { recordFigures } from '@seglog/tools';
import { afterAll, expect, test } from 'vitest';
import {
  type CrashReport,
  enumerateCrashes,
  enumerateFaults,
  type FaultReport,
  formatCrashReports,
  formatFaultReports,
  omitSyncs,
  walkCrashes,
} from '../../src/index.js';
import { LOG_FAULT_STUDIES } from '../studies/log-fault-studies.js';
import { LOG_STUDIES } from '../studies/log-studies.js';
import { type LogStudy, logStudy } from '../studies/log-study.js';

const crashes: CrashReport[] = [];
const faults: FaultReport[] = [];
const found = { violations: 0 };
const sum = <T>(all: readonly T[], of: (one: T) => number): number =>
  all.reduce((total, one) => total + of(one), 0);

afterAll(() => {
  console.log(`${formatCrashReports(crashes)}\n\n${formatFaultReports(faults)}`);
  const values = {
    'crash.states': sum(crashes, ({ states }) => states),
    'crash.distinctStates': sum(crashes, ({ distinctStates }) => distinctStates),
    'crash.violations': found.violations,
    'crash.workloads': new Set(crashes.map(({ name }) => name)).size,
    'crash.recoveryDepth': crashes.reduce((depth, { maxDepth }) => Math.max(depth, maxDepth), 0),
    'errno.cells': sum(faults, ({ cells }) => cells),
    'errno.covered': sum(faults, ({ covered }) => covered),
    'errno.violations': sum(faults, ({ violations }) => violations.length),
  };
  recordFigures(values, { command: 'npm run test:ci', seed: crashes[0]?.seed });
});

function requireSound(report: CrashReport): void {
  found.violations += report.violations.length;
  expect(report.violations[0]?.timeline).toBeUndefined();
  expect(report.aborted).toBe(false);
  crashes.push(report);
}

const SMALL: readonly LogStudy[] = [
  { name: 'log: one append', steps: [{ do: 'append', sizes: [20] }] },
  {
    name: 'log: one roll',
    steps: [{ do: 'append', sizes: [20, 20] }, { do: 'roll' }, { do: 'append', sizes: [20] }],
  },
  {
    name: 'log: one truncation',
    steps: [
      { do: 'append', sizes: [20, 20] },
      { do: 'truncateAfter', lastKept: 0 },
    ],
  },
];

test.each(SMALL)('$name survives every crash, and every crash of its recovery', async (study) => {
  const report = await enumerateCrashes(logStudy(study), { depth: 2 });
  expect(report.maxDepth).toBe(2);
  requireSound(report);
});

test.each(LOG_STUDIES.filter(({ large }) => large))('$name survives every crash', async (study) => {
  requireSound(await enumerateCrashes(logStudy(study)));
});

test.each(LOG_STUDIES)('$name survives three crashes in a row, anywhere', async (study) => {
  const options = { walks: 1_600, depth: 3, hostile: true };
  requireSound({ ...(await walkCrashes(logStudy(study), options)), name: `${study.name}, walks` });
});

test.each([1, 2, 3, 4])('calls that overtake each other change nothing, seed %i', async (seed) => {
  const study = LOG_STUDIES.find(({ name }) => name === 'log: group commit');
  expect(study).toBeDefined();
  if (study === undefined) return;
  const report = await enumerateCrashes(logStudy(study), { seed, completions: 'seeded' });
  requireSound({ ...report, name: `${study.name}, order ${seed}` });
});

test.each(LOG_FAULT_STUDIES)('$name copes with every failing call', async (study) => {
  const report = await enumerateFaults(logStudy(study));
  faults.push(report);
  expect(report.violations.map((one) => one.timeline)).toEqual([]);
  expect(report.covered).toBe(report.cells);
});

/** Both slots of SESSION say the same; a clean close syncs what is synced; what was removed may come back and go again. */
const NEEDLESS: readonly RegExp[] = [
  /^sync SESSION$/,
  /^syncDirectory \.$/,
  /^sync log\/\d+-\w+\.log$/,
  /^syncDirectory log$/,
];

test.each(SMALL)('$name notices that a sync is left out', async (study) => {
  const omitted = await omitSyncs(logStudy(study));
  const unnoticed = omitted.filter(({ violation }) => violation === undefined);
  expect(unnoticed.filter(({ call }) => !NEEDLESS.some((one) => one.test(call)))).toEqual([]);
  expect(omitted.length - unnoticed.length).toBeGreaterThan(unnoticed.length);
});
