import { plain } from '@seglog/tools';
import { expect, test } from 'vitest';
import { golden, meetStore } from './golden/golden-store.js';
import { makeGolden } from './golden/make-golden.js';

/** These data roots are never written anew: an engine that meets one otherwise has broken somebody's data. */
test.each(golden.names())('the golden data root %s is met as on the day it was made', async (name) => {
  const { image, expected } = golden.read(name);
  expect(plain(await meetStore(image))).toEqual(expected);
});

/**
 * Where the engine comes to write other bytes for good, the data roots stay as they are, this test goes on with those that are
 * still written the same, and the new bytes get a folder of their own.
 */
test('the script that made the corpus makes it again, byte for byte', async () => {
  const made = await makeGolden();
  expect([...made.keys()].toSorted()).toEqual(golden.names());
  for (const [name, image] of made) expect([name, golden.read(name).image]).toEqual([name, image]);
});
