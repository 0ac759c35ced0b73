export { fileSystemType } from './file-system-type.js';
export { PreadDirectory } from './pread-directory.js';
export type { PreadOptions } from './pread-options.js';
