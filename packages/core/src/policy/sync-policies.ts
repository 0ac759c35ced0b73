import type { SyncDecision, SyncPolicy, SyncPolicyFactory, UnsyncedTail } from '../contract/sync-policy.js';
import { requireKnownOptions } from '../invariant.js';
import { requireCount, requireMs } from './policy-number.js';

/** Bytes after which a group is synced whatever its deadline: 512 KiB. */
export const DEFAULT_GROUP_BYTES: number = 512 * 1024;
/** How long `syncEvery` leaves a group that does not fill up: one second. */
export const DEFAULT_TRAILING_MS = 1000;

export interface GroupCommitOptions {
  /** Longest time that the first append of a group waits for company, in ms: 0 (none) to 2^31 - 1. */
  readonly maxDelayMs: number;
  /** A group of this many bytes waits no longer. Default 512 KiB. */
  readonly maxBytes?: number | undefined;
}

/**
 * Exactly one of `appends`, `bytes` and `ms`. With the first two, a group that does not fill up is synced `maxMs`
 * (default 1000) after its first append, so that the last appends before a silence do not stay unsynced.
 */
export type SyncEveryOptions =
  | { readonly appends: number; readonly maxMs?: number | undefined }
  | { readonly bytes: number; readonly maxMs?: number | undefined }
  | { readonly ms: number };

/** Acknowledges what is on stable storage, as soon as it can be. The default. */
export function syncAlways(): SyncPolicyFactory {
  return groupCommit({ maxDelayMs: 0 });
}

/**
 * Acknowledges what is on stable storage; waits up to `maxDelayMs` from the first write of a group, so that more appends
 * share its sync. Throws `RangeError` for numbers out of range and for options that are not there.
 */
export function groupCommit(options: GroupCommitOptions): SyncPolicyFactory {
  requireKnownOptions(options, ['maxDelayMs', 'maxBytes']);
  const { maxDelayMs, maxBytes = DEFAULT_GROUP_BYTES } = options;
  requireMs(maxDelayMs, 'maxDelayMs', { min: 0 });
  requireCount(maxBytes, 'maxBytes');
  const limit = maxBytes === DEFAULT_GROUP_BYTES ? '' : `,${maxBytes}`;
  const name = maxDelayMs === 0 ? 'always' : `group:${maxDelayMs}ms${limit}`;
  const decide = (tail: UnsyncedTail): SyncDecision =>
    tail.bytes >= maxBytes ? 'now' : notAfter(tail, maxDelayMs);
  return () => ({ name, acknowledge: 'synced', decide });
}

/**
 * Acknowledges what is written, and syncs every so many appends, bytes or milliseconds: a power cut may take back what
 * was acknowledged since. Throws `RangeError` for numbers out of range and for options that are not there, `maxMs` beside
 * `ms` too; `TypeError` unless exactly one of `appends`, `bytes` and `ms` is given.
 */
export function syncEvery(options: SyncEveryOptions): SyncPolicyFactory {
  requireKnownOptions(options, ['appends', 'bytes', 'ms', 'maxMs']);
  const [unit, ...others] = (['appends', 'bytes', 'ms'] as const).filter((key) =>
    Object.hasOwn(options, key),
  );
  if (unit === undefined || others.length > 0) {
    throw new TypeError('syncEvery takes exactly one of appends, bytes and ms');
  }
  if ('ms' in options) return everyMs(options);
  return everySoMany(unit === 'appends' ? 'appends' : 'bytes', options);
}

/** Acknowledges what is written and leaves the syncing to the operating system, and to `sync` and `close`. */
export function syncNever(): SyncPolicyFactory {
  return () => ({ name: 'never', acknowledge: 'written', decide: () => 'later' });
}

function everyMs(options: { readonly ms: number }): SyncPolicyFactory {
  requireKnownOptions(options, ['ms']);
  const { ms } = options;
  requireMs(ms, 'ms');
  return () => ({ name: `ms:${ms}`, acknowledge: 'written', decide: (tail) => notAfter(tail, ms) });
}

function everySoMany(
  unit: 'appends' | 'bytes',
  options: { readonly appends?: number; readonly bytes?: number; readonly maxMs?: number | undefined },
): SyncPolicyFactory {
  const { maxMs = DEFAULT_TRAILING_MS } = options;
  const count = options[unit] ?? Number.NaN;
  requireCount(count, unit);
  requireMs(maxMs, 'maxMs');
  const name = `${unit}:${count}${maxMs === DEFAULT_TRAILING_MS ? '' : `,${maxMs}ms`}`;
  const decide = (tail: UnsyncedTail): SyncDecision => (tail[unit] >= count ? 'now' : notAfter(tail, maxMs));
  return (): SyncPolicy => ({ name, acknowledge: 'written', decide });
}

/** Counts from the first write: a later one never moves the deadline. */
function notAfter(tail: UnsyncedTail, delayMs: number): SyncDecision {
  const atMs = tail.firstWriteMs + delayMs;
  return tail.nowMs >= atMs ? 'now' : { atMs };
}
