import { fileURLToPath } from 'node:url';

const source = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** The searches that are too long for every run of the tests; see `npm run test:ci`. */
export default {
  resolve: {
    alias: [
      { find: /^@seglog\/((?!tools)[a-z-]+)\/inversify$/, replacement: source('$1/src/inversify.ts') },
      { find: /^@seglog\/((?!tools)[a-z-]+)$/, replacement: source('$1/src/index.ts') },
    ],
  },
  test: {
    include: ['test/**/*.search.ts'],
    pool: 'forks',
    testTimeout: 1_200_000,
    reporters: ['default', ['json', { outputFile: 'reports/vitest-ci.json' }]],
  },
};
