import { afterAll, expect, test } from 'vitest';
import { type FlipReport, flipBits } from '../../src/index.js';
import { LOG_DAMAGE_STUDIES } from '../studies/log-damage-studies.js';
import { leaveCounts } from './search-plan.js';

const reports: FlipReport[] = [];
afterAll(() => {
  const sum = (of: (report: FlipReport) => number): number =>
    reports.reduce((total, report) => total + of(report), 0);
  const counts = {
    'bitflips.tried': sum(({ tried }) => tried),
    'bitflips.wrong': sum(({ wrong }) => wrong.length),
  };
  const rows = reports.map(
    ({ name, tried, unharmed, refused, shorter }) =>
      `${name}: ${tried} bits flipped, ${unharmed} unharmed, ${refused} refused, ${shorter} shorter`,
  );
  leaveCounts('damage', counts, rows.join('\n'));
});

test.each(LOG_DAMAGE_STUDIES)('$name shows no wrong byte, whichever bit is flipped', async (study) => {
  const report = await flipBits(study);
  reports.push(report);
  expect(report.wrong).toEqual([]);
  expect(report.tried).toBeGreaterThan(8 * 1024);
});
