import { expect, test } from 'vitest';
import { runCleaningModel } from './cleaning-model.js';

test('whatever is appended, cleaned, closed and killed in between, a map of the log is what it was', async () => {
  expect(await runCleaningModel({ runs: 40, maxCommands: 80, seed: 5 })).toBeGreaterThan(800);
});
