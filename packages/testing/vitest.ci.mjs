// @boundaries-ignore the settings of every search are kept once, at the root
import search from '../../vitest.search.mjs';

/** The searches of the kit, which sum up what they have counted; and every planted bug. */
export default {
  ...search,
  test: {
    ...search.test,
    include: [...search.test.include, 'test/figures/planted.figure.ts'],
    globalSetup: ['test/searches/sum-up.ts'],
    maxWorkers: 2,
    testTimeout: 3 * 3_600_000,
  },
};
