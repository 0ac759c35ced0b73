import { type AppendShape, appendWorkload } from './append.js';
import { diskSize } from './disk-size.js';
import { latencyWorkload } from './latency.js';
import { loopDelay } from './loop-delay.js';
import { randomReadWorkload } from './random-read.js';
import { cleanOpen, recovery } from './reopen.js';
import { scanWorkload } from './scan.js';
import type { Workload } from './workload.js';

const appends: readonly AppendShape[] = [
  {
    id: 'append.batch',
    title: 'append batches of 1000, not synced, each awaited',
    target: 5,
    records: 1000,
    producers: 1,
    appends: 2,
    durable: false,
  },
  {
    id: 'append.pipelined',
    title: 'append batches of 1000, not synced, 8 in flight',
    target: 5,
    records: 1000,
    producers: 8,
    appends: 2,
    durable: false,
  },
  {
    id: 'append.single',
    title: 'append one record at a time, not synced',
    target: 3.5,
    records: 1,
    producers: 1,
    appends: 64,
    durable: false,
  },
  {
    id: 'append.single64',
    title: 'append one record at a time, not synced, 64 producers',
    target: 3,
    records: 1,
    producers: 64,
    appends: 16,
    durable: false,
  },
  {
    id: 'durable.batch',
    title: 'append batches of 1000, durable, each awaited',
    target: 2,
    records: 1000,
    producers: 1,
    appends: 1,
    durable: true,
  },
  {
    id: 'durable.single',
    title: 'append one record at a time, durable',
    target: 0.9,
    records: 1,
    producers: 1,
    appends: 2,
    durable: true,
  },
  {
    id: 'durable.single16',
    title: 'append one record at a time, durable, 16 producers',
    target: 1.3,
    records: 1,
    producers: 16,
    appends: 2,
    durable: true,
  },
  {
    id: 'durable.single64',
    title: 'append one record at a time, durable, 64 producers',
    target: 1.3,
    records: 1,
    producers: 64,
    appends: 2,
    durable: true,
  },
];

/** All workloads, in the order in which they run and are reported. */
export const workloads: readonly Workload[] = [
  ...appends.map(appendWorkload),
  latencyWorkload({
    id: 'latency.written',
    title: 'latency of a single append, not synced',
    durable: false,
  }),
  latencyWorkload({ id: 'latency.durable', title: 'latency of a single append, durable', durable: true }),
  scanWorkload({
    id: 'scan.lent',
    title: 'scan all records in order, lent without a copy where the store can',
    target: 9,
    by: 'scanLent',
  }),
  scanWorkload({
    id: 'scan.objects',
    title: 'scan all records in order, as objects with key and value',
    target: 4,
    by: 'scanObjects',
  }),
  randomReadWorkload(1.7),
  cleanOpen,
  recovery,
  diskSize,
  loopDelay,
];
