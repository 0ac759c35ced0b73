import { expect, test } from 'vitest';
import { flipBits } from '../src/index.js';
import { LOG_DAMAGE_STUDIES } from './studies/log-damage-studies.js';

/** One bit of every eighth byte or so; `npm run test:ci` takes every bit. */
test.each(LOG_DAMAGE_STUDIES)('$name shows no wrong byte, whichever bit is flipped', async (study) => {
  const { wrong, ...counts } = await flipBits(study, { stride: 61 });
  expect(wrong).toEqual([]);
  expect(counts.refused).toBeGreaterThan(20);
  expect(counts.unharmed).toBeGreaterThan(20);
});
