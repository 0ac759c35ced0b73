import { cleanOpen, recovery } from './reopen.js';
import type { Workload } from './workload.js';

/** Milliseconds until a store of 1 GiB that was killed has its last record. */
const RECOVERY_MS = 35;

/** Opening after a clean close, small and large, and of the small one after a kill. */
export const reopens: readonly Workload[] = [
  cleanOpen({
    id: 'open.clean',
    title: 'open after a clean close, and read the last record',
    stock: 'small',
  }),
  recovery({ id: 'recovery', title: 'open after kill -9, and read the last record', stock: 'small' }),
  cleanOpen({
    id: 'open.cleanGiB',
    title: 'open 1 GiB after a clean close, and read the last record',
    targets: [{ to: 'peer', atLeast: 1 }],
    stock: 'gigabyte',
    maxRounds: 3,
  }),
];

/** With the copies that it needs, the workload that takes most room. */
export const largeRecovery: Workload = recovery({
  id: 'recovery.GiB',
  title: 'open 1 GiB after kill -9, and read the last record',
  targets: [{ atMost: RECOVERY_MS }],
  stock: 'crashed',
  maxRounds: 3,
});
