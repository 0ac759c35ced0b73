import { fileURLToPath } from 'node:url';

const source = (path) => fileURLToPath(new URL(`../packages/${path}`, import.meta.url));

/** The searches that are too long for every run of the tests; see `npm run test:ci`. One after the other: they fill the machine. */
export default {
  resolve: {
    alias: [
      { find: /^@seglog\/((?!tools|proof)[a-z-]+)\/inversify$/, replacement: source('$1/src/inversify.ts') },
      { find: /^@seglog\/((?!tools|proof)[a-z-]+)$/, replacement: source('$1/src/index.ts') },
      { find: /^seglog$/, replacement: source('seglog/src/index.ts') },
    ],
  },
  test: {
    include: ['test/**/*.search.ts'],
    pool: 'forks',
    fileParallelism: false,
    testTimeout: 1_200_000,
    reporters: ['default', ['json', { outputFile: 'reports/vitest-ci.json' }]],
  },
};
