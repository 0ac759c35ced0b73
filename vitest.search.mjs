import shared from './vitest.shared.ts';

/** The searches that are too long for every run of the tests; see `npm run test:ci`. They read our packages from source, too. */
export default {
  resolve: shared.resolve,
  test: {
    include: ['test/**/*.search.ts'],
    pool: 'forks',
    testTimeout: 1_200_000,
    reporters: ['default', ['json', { outputFile: 'reports/vitest-ci.json' }]],
  },
};
