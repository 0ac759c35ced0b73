import shared from '../vitest.shared.ts';

/** The searches that are too long for every run of the tests; see `npm run test:ci`. One after the other: they fill the machine. */
export default {
  ...shared,
  test: {
    ...shared.test,
    include: ['test/**/*.search.ts'],
    fileParallelism: false,
    testTimeout: 1_200_000,
    reporters: ['default', ['json', { outputFile: 'reports/vitest-ci.json' }]],
  },
};
