import { carefulWriteFile, plainWriteFile } from './by-hand.js';
import { conf } from './conf.js';
import { keyvFile } from './keyv-file.js';
import { lowdb } from './lowdb.js';
import { nedb } from './nedb.js';
import { seglog } from './seglog.js';
import type { StoreUnderStudy } from './store-under-study.js';
import { writeFileAtomic } from './write-file-atomic.js';

export const STORES: readonly StoreUnderStudy[] = [
  plainWriteFile,
  carefulWriteFile,
  nedb,
  lowdb,
  writeFileAtomic,
  conf,
  keyvFile,
  seglog,
];
