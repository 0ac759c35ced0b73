import type { Contender } from '../contender/contender.js';
import { appendingVariants, readingVariants } from '../contender/variants.js';
import { appendWorkload } from './append.js';
import { randomReadWorkload } from './random-read.js';
import { scanWorkload } from './scan.js';
import type { Workload } from './workload.js';

const READING = { targets: [], stock: 'small' } as const;

/** Our own parts against one another: no peer takes part, and there is nothing to win. */
export const variantWorkloads: readonly Workload[] = [
  among(
    appendingVariants,
    appendWorkload({
      id: 'variants.append',
      title: 'append one record at a time, 64 producers, by codec and sync policy',
      records: 1,
      producers: 64,
      appends: 16,
      durable: false,
    }),
  ),
  among(
    readingVariants,
    scanWorkload({
      ...READING,
      id: 'variants.scan',
      title: 'scan all records in order, lent, by codec and reader',
      by: 'scanLent',
    }),
  ),
  among(
    readingVariants,
    randomReadWorkload({
      ...READING,
      id: 'variants.read',
      title: 'read one record by offset, at random, hot, by codec and reader',
    }),
  ),
];

function among(contenders: readonly Contender[], workload: Workload): Workload {
  return { ...workload, turns: () => workload.turns({ contenders, native: undefined }) };
}
