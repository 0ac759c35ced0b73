// @boundaries-ignore the settings of every search are kept once, at the root
import search from '../vitest.search.mjs';

/** One after the other: they fill the machine. */
export default { ...search, test: { ...search.test, fileParallelism: false } };
