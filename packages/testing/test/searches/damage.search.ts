import { recordFigures } from '@seglog/tools';
import { afterAll, expect, test } from 'vitest';
import { type FlipReport, flipBits } from '../../src/index.js';
import { LOG_DAMAGE_STUDIES } from '../studies/log-damage-studies.js';

const reports: FlipReport[] = [];
afterAll(() => {
  console.log(reports);
  const tried = reports.reduce((total, report) => total + report.tried, 0);
  const wrong = reports.reduce((total, report) => total + report.wrong.length, 0);
  recordFigures({ 'bitflips.tried': tried, 'bitflips.wrong': wrong }, { command: 'npm run test:ci' });
});

test.each(LOG_DAMAGE_STUDIES)('$name shows no wrong byte, whichever bit is flipped', async (study) => {
  const report = await flipBits(study);
  reports.push(report);
  expect(report.wrong).toEqual([]);
  expect(report.tried).toBeGreaterThan(8 * 1024);
});
