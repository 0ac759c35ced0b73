import { afterAll, expect, test } from 'vitest';
import { type FlipReport, flipBits } from '../../src/index.js';
import { LOG_DAMAGE_STUDIES } from '../studies/log-damage-studies.js';

const reports: FlipReport[] = [];
afterAll(() => console.log(reports));

test.each(LOG_DAMAGE_STUDIES)('$name shows no wrong byte, whichever bit is flipped', async (study) => {
  const report = await flipBits(study);
  expect(report.wrong).toEqual([]);
  expect(report.tried).toBeGreaterThan(8 * 1024);
  reports.push(report);
});
