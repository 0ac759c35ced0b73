import type { FaultEffect, FaultRule } from '../simulated/faults.js';
import { type DiskCall, describeCall } from '../simulated/trace.js';

/** One call of a workload that fails in one way: a cell of the matrix of errors and call sites. */
export interface FaultCell {
  /** Number of the call, every call counted. */
  readonly call: number;
  readonly rule: FaultRule;
  /** `call 17, write a @0 5 B: ENOSPC after 2 bytes, for ever`. */
  readonly name: string;
}

/** The errors that an operating system gives for each call. */
const ERRORS: Readonly<Record<DiskCall['call'], readonly string[]>> = {
  create: ['EIO', 'ENOSPC', 'EMFILE', 'EACCES', 'EROFS', 'EINTR'],
  createDirectory: ['EIO', 'ENOSPC', 'EACCES', 'EROFS'],
  write: ['EIO', 'ENOSPC', 'EDQUOT', 'EROFS', 'EINTR', 'EAGAIN'],
  preallocate: ['ENOSPC', 'EDQUOT', 'EINTR'],
  truncate: ['EIO', 'EROFS', 'EINTR'],
  sync: ['EIO', 'ENOSPC', 'EDQUOT', 'EINTR'],
  syncDirectory: ['EIO', 'EMFILE', 'EINTR'],
  rename: ['EIO', 'ENOSPC', 'EROFS'],
  remove: ['EIO', 'EACCES', 'EROFS'],
  lock: ['EMFILE', 'EACCES', 'EROFS', 'EAGAIN', 'EINTR'],
  list: ['EIO', 'EMFILE', 'EACCES'],
  sizeOf: ['EIO', 'EACCES'],
  directory: ['EIO', 'EACCES', 'EMFILE'],
  open: ['EIO', 'EMFILE', 'EACCES', 'EROFS', 'EINTR'],
  openReader: ['EIO', 'EMFILE', 'EACCES', 'EINTR'],
  read: ['EIO', 'EINTR', 'EAGAIN'],
  close: ['EIO', 'EINTR'],
};

/** How long a fault lasts: this call, this kind of call from now on, or every call from now on that knows the error. */
const DURATIONS = ['once', 'for this kind of call from here on', 'for every call from here on'] as const;

const CALLS = Object.keys(ERRORS) as readonly DiskCall['call'][];

/** Every cell of one call. */
export function faultCells(call: DiskCall, number: number): readonly FaultCell[] {
  return effectsOn(call).flatMap(([words, effect]) =>
    DURATIONS.map((duration) => ({
      call: number,
      name: `call ${number}, ${describeCall(call)}: ${words}, ${duration}`,
      rule: ruleOf({ call, number, effect, duration }),
    })),
  );
}

function effectsOn(call: DiskCall): readonly (readonly [string, FaultEffect])[] {
  const effects = ERRORS[call.call].map((errno) => [errno, { kind: 'error', errno }] as const);
  if (call.call === 'rename' || call.call === 'remove' || call.call === 'syncDirectory') {
    return [...effects, ['EIO although it took effect', { kind: 'error', errno: 'EIO', applied: true }]];
  }
  if (call.call !== 'write' || call.bytes === undefined) return effects;
  const bytes = Math.ceil(call.bytes.length / 2);
  const short = ['ENOSPC', 'EIO'].map(
    (errno) => [`${errno} after ${bytes} bytes`, { kind: 'short', bytes, errno }] as const,
  );
  return [...effects, ...short];
}

function ruleOf(of: {
  readonly call: DiskCall;
  readonly number: number;
  readonly effect: FaultEffect;
  readonly duration: (typeof DURATIONS)[number];
}): FaultRule {
  if (of.duration === 'once') return { atCall: of.number, effect: of.effect };
  const lasting = { fromCall: of.number, times: Number.POSITIVE_INFINITY, effect: of.effect };
  if (of.duration === DURATIONS[1]) return { ...lasting, call: of.call.call };
  const errno = 'errno' in of.effect ? of.effect.errno : '';
  return { ...lasting, call: CALLS.filter((call) => ERRORS[call].includes(errno)) };
}
