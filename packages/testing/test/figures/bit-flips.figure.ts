import { recordFigures } from '@seglog/tools';
import { expect, test } from 'vitest';
import { flipBits } from '../stores/flip-bits.js';
import { smallStores } from '../stores/small-stores.js';

/** Every so many bits of the stores that are much like the first one. */
const STRIDE = 17;

test('every bit of a whole store is flipped, and what is left is opened in every way', async () => {
  let tried = 0;
  const wrong: string[] = [];
  for (const [i, store] of (await smallStores()).entries()) {
    const report = await flipBits(store, i === 0 ? 1 : STRIDE);
    console.log(store.name, report.tried, report.met);
    tried += report.tried;
    wrong.push(...report.wrong);
  }
  expect(wrong).toEqual([]);
  expect(tried).toBeGreaterThan(50_000);
  const figures = { 'bitflips.everyMode.tried': tried, 'bitflips.everyMode.wrong': wrong.length };
  recordFigures(figures, { command: 'npm run figures:bitflips' });
});
