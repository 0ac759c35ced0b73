/** What is too long for every run of the tests; see `npm run test:ci`. */
export default {
  test: {
    include: ['test/**/*.search.ts'],
    testTimeout: 1_200_000 * Math.max(1, Number(process.env.SEGLOG_SEARCH_SCALE ?? 1)),
    reporters: ['default', ['json', { outputFile: 'reports/vitest-ci.json' }]],
  },
};
