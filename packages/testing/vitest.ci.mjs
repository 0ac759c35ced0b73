import { fileURLToPath } from 'node:url';

const source = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** The searches that are too long for every run of the tests; see `npm run test:ci`. */
export default {
  resolve: { alias: [{ find: /^@seglog\/((?!tools)[a-z-]+)$/, replacement: source('$1/src/index.ts') }] },
  test: {
    include: ['test/**/*.search.ts', 'test/figures/planted.figure.ts'],
    globalSetup: ['test/searches/sum-up.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 3 * 3_600_000,
    reporters: ['default', ['json', { outputFile: 'reports/vitest-ci.json' }]],
  },
};
