import { appendOnlyLog } from './append-only-log.js';
import { classicLevel } from './classic-level.js';
import type { Contender } from './contender.js';
import { lmdb, lmdbAsync } from './lmdb.js';
import { ndjson } from './ndjson.js';
import { raw } from './raw.js';
import { rocksdb } from './rocksdb.js';
import { seglog, seglogMmap } from './seglog.js';
import { sqlite } from './sqlite.js';

export const contenders: readonly Contender[] = [
  seglog,
  seglogMmap,
  lmdb,
  lmdbAsync,
  classicLevel,
  rocksdb,
  sqlite,
  appendOnlyLog,
  ndjson,
  raw,
];

/** Throws `RangeError` for a name that nobody bears. */
export function contenderNamed(name: string): Contender {
  const found = contenders.find((contender) => contender.name === name);
  if (found === undefined) throw new RangeError(`there is no contender '${name}'`);
  return found;
}
