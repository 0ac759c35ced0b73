import ci from './vitest.ci.mjs';

/** Programs that take figures, one at a time: see the scripts `figures:*` of the root. */
export default {
  ...ci,
  test: {
    ...ci.test,
    include: ['test/**/*.figure.ts'],
    globalSetup: [],
    fileParallelism: false,
    reporters: ['default'],
  },
};
