import { expect, test } from 'vitest';
import { golden, meetStore } from '../golden/golden-store.js';
import { makeGolden } from '../golden/make-golden.js';

test('the golden corpus is written', async () => {
  const stores = await makeGolden();
  await golden.write(stores, meetStore);
  expect(stores.size).toBeGreaterThan(30);
});
