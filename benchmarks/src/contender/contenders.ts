import type { Contender } from './contender.js';

/** In the order of the report's legend. A process that needs one of them loads no other. */
const loaders = {
  seglog: async () => (await import('./seglog.js')).seglog,
  'seglog mmap': async () => (await import('./seglog.js')).seglogMmap,
  'seglog lent': async () => (await import('./seglog.js')).seglogLent,
  'seglog blocking': async () => (await import('./seglog.js')).seglogBlocking,
  'seglog crt': async () => (await import('./seglog.js')).seglogCrt,
  lmdb: async () => (await import('./lmdb.js')).lmdb,
  'lmdb async': async () => (await import('./lmdb.js')).lmdbAsync,
  'classic-level': async () => (await import('./classic-level.js')).classicLevel,
  rocksdb: async () => (await import('./rocksdb.js')).rocksdb,
  sqlite: async () => (await import('./sqlite.js')).sqlite,
  'async-append-only-log': async () => (await import('./append-only-log.js')).appendOnlyLog,
  ndjson: async () => (await import('./ndjson.js')).ndjson,
  raw: async () => (await import('./raw.js')).raw,
} as const satisfies Readonly<Record<string, () => Promise<Contender>>>;

export function allContenders(): Promise<readonly Contender[]> {
  return Promise.all(Object.values(loaders).map((load) => load()));
}

/** Rejects with `RangeError` for a name that nobody bears. */
export async function contenderNamed(name: string): Promise<Contender> {
  const load = Object.entries(loaders).find(([known]) => known === name)?.[1];
  if (load === undefined) throw new RangeError(`there is no contender '${name}'`);
  return load();
}
