import shared from './vitest.shared.ts';

/** Twenty minutes for what `npm run test:ci` does, and so many times as much for a long run. */
const testTimeout = 1_200_000 * Math.max(1, Number(process.env.SEGLOG_SEARCH_SCALE ?? 1));

/** The searches that are too long for every run of the tests; see `npm run test:ci`. They read our packages from source, too. */
export default {
  resolve: shared.resolve,
  test: {
    include: ['test/**/*.search.ts'],
    pool: 'forks',
    testTimeout,
    // Whoever runs several workspaces at a time gives each of them a core.
    maxWorkers: 1,
    // Each search is named when it ends: a long one is silent for hours otherwise.
    reporters: ['verbose', ['json', { outputFile: 'reports/vitest-ci.json' }]],
  },
};
