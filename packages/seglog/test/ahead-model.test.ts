import { expect, test } from 'vitest';
import { AheadModel } from './ahead-model.js';

test.each([1, 2, 3])(
  'random commands leave what the model holds, whatever the power takes, seed %i',
  async (seed) => {
    await expect(new AheadModel(seed).run(400)).resolves.toBeUndefined();
  },
);
