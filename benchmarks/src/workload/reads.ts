import { randomReadWorkload } from './random-read.js';
import { scanWorkload } from './scan.js';
import type { Target, Workload } from './workload.js';

const toPeer = (atLeast: number): Target => ({ to: 'peer', atLeast });
const toRaw = (atLeast: number): Target => ({ to: 'raw', atLeast });

/** Scans and random reads, against the peers. */
export const reads: readonly Workload[] = [
  scanWorkload({
    id: 'scan.lent',
    title: 'scan all records in order, lent without a copy where the store can',
    targets: [toPeer(9), toRaw(0.5)],
    by: 'scanLent',
    stock: 'small',
  }),
  scanWorkload({
    id: 'scan.objects',
    title: 'scan all records in order, as objects with key and value',
    targets: [toPeer(4), toRaw(0.25)],
    by: 'scanObjects',
    stock: 'small',
  }),
  randomReadWorkload({
    id: 'read.random',
    title: 'read one record by offset, at random, hot',
    targets: [toPeer(1.7), toRaw(1)],
    stock: 'small',
  }),
  scanWorkload({
    id: 'scan.lent1KiB',
    title: 'scan all records with values of 1 KiB, lent',
    targets: [toPeer(6), toRaw(0.4)],
    by: 'scanLent',
    stock: 'kilobyte',
  }),
  randomReadWorkload({
    id: 'read.random1KiB',
    title: 'read one record with a value of 1 KiB by offset, at random, hot',
    targets: [toPeer(1.2)],
    stock: 'kilobyte',
  }),
  scanWorkload({
    id: 'scan.lent16KiB',
    title: 'scan all records with values of 16 KiB, lent',
    targets: [toPeer(1.4), toRaw(0.7)],
    by: 'scanLent',
    stock: 'large',
  }),
  randomReadWorkload({
    id: 'read.random16KiB',
    title: 'read one record with a value of 16 KiB by offset, at random, hot',
    targets: [toPeer(1)],
    stock: 'large',
  }),
];
