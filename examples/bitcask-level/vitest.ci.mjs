// @boundaries-ignore the settings of every search are kept once, at the root
import search from '../../vitest.search.mjs';

/** What is too long for every run of the tests; see `npm run test:ci`. */
export default {
  test: {
    include: ['test/**/*.search.ts'],
    testTimeout: search.test.testTimeout,
    reporters: ['default', ['json', { outputFile: 'reports/vitest-ci.json' }]],
  },
};
