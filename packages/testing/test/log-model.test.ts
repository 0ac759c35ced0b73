import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { LogModel, LogRig, logChoiceArbitrary, logCommands } from '../src/index.js';

const RUNS = 60;

test('a log does what an array does, through closes, kills, damaged indexes and other parts', async () => {
  let taken = 0;
  const steps = fc.commands(logCommands(), { maxCommands: 60, size: '+1' });
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
  await fc.assert(property, { numRuns: RUNS });
  expect(taken).toBeGreaterThan(1000);
});
