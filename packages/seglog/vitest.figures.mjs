// @boundaries-ignore the settings of every search are kept once, at the root
import search from '../../vitest.search.mjs';

/** Programs that write the golden corpus: see the script `golden` of the root. */
export default {
  ...search,
  test: { ...search.test, include: ['test/**/*.figure.ts'], reporters: ['default'] },
};
