import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { LogModel, LogRig, logChoiceArbitrary, logCommands } from '../../src/index.js';
import { leaveCounts, PLAN } from './search-plan.js';

const RUNS = PLAN.scaled(500);

test('a log does what an array does, for many more commands, from a seed of today', async () => {
  const seed = Date.now() % 2 ** 31;
  let taken = 0;
  const steps = fc.commands(logCommands(), { maxCommands: 120, size: '+1' });
  const property = fc.asyncProperty(logChoiceArbitrary(), steps, async (choice, commands) => {
    const real = await LogRig.start(choice);
    try {
      await fc.asyncModelRun(() => ({ model: new LogModel(), real }), commands);
      taken += [...commands].length;
    } finally {
      await real.dispose();
    }
    expect(real.openHandles).toBe(0);
  });
  await fc.assert(property, { numRuns: RUNS, seed });
  leaveCounts(
    'log-model',
    { 'model.commands': taken, 'model.runs': RUNS },
    `log model: ${taken} commands in ${RUNS} runs, seed ${seed}`,
  );
  expect(taken).toBeGreaterThan(20 * RUNS);
});
