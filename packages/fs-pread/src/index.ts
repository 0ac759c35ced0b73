export { PreadDirectory } from './pread-directory.js';
export type { PreadOptions } from './pread-options.js';
