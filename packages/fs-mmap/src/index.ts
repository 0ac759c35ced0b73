export type { MapperChoice } from './choose-mapper.js';
export { type MapOrder, type Mapper, type MapperName, type Mapping, WINDOW_BYTES } from './mapper.js';
export { MmapDirectory } from './mmap-directory.js';
export { loadMmapIo } from './mmap-io-mapper.js';
export type { MmapDirectoryOptions } from './mmap-options.js';
export { loadSegmap } from './segmap-mapper.js';
