import type { Mapper, MapperName } from './mapper.js';
import { loadMmapIo } from './mmap-io-mapper.js';
import { loadSegmap } from './segmap-mapper.js';

/** `auto` takes the first that loads, segmap before mmap-io; `none` never maps; an object is a mapper of your own. */
export type MapperChoice = 'auto' | MapperName | 'none' | Mapper;

const loaders: Readonly<Record<MapperName, () => Mapper | undefined>> = {
  segmap: loadSegmap,
  'mmap-io': loadMmapIo,
};

/** The mapper of that choice, or undefined if nothing is to be mapped; a process warning says when it cannot be. */
export function chooseMapper(choice: MapperChoice): Mapper | undefined {
  if (typeof choice === 'object') return choice;
  if (choice === 'none') return undefined;
  if (choice !== 'auto' && !Object.hasOwn(loaders, choice)) {
    throw new TypeError(`mapper must be 'auto', 'segmap', 'mmap-io', 'none' or a Mapper, not ${choice}`);
  }
  const names: readonly MapperName[] = choice === 'auto' ? ['segmap', 'mmap-io'] : [choice];
  for (const name of names) {
    const mapper = loaders[name]();
    if (mapper !== undefined) return mapper;
  }
  warnOnce(names);
  return undefined;
}

let warned = false;

/** Reads are slower and otherwise the same, so this is no error; but nobody should have to guess why they are slow. */
function warnOnce(names: readonly MapperName[]): void {
  if (warned) return;
  warned = true;
  process.emitWarning(`no memory map: ${names.join(' and ')} cannot be loaded, files are read without one`, {
    type: 'SeglogWarning',
    code: 'SEGLOG_NO_MAPPER',
    detail: 'Build them with "node scripts/build-native.mjs" in the folder of @seglog/fs-mmap.',
  });
}
