import shared from './vitest.shared.ts';

/** The searches that are too long for every run of the tests; see `npm run test:ci`. They read our packages from source, too. */
export default {
  resolve: shared.resolve,
  test: {
    include: ['test/**/*.search.ts'],
    pool: 'forks',
    testTimeout: 1_200_000,
    // Whoever runs several workspaces at a time gives each of them a core.
    maxWorkers: 1,
    // Each search is named when it ends: a long one is silent for hours otherwise.
    reporters: ['verbose', ['json', { outputFile: 'reports/vitest-ci.json' }]],
  },
};
