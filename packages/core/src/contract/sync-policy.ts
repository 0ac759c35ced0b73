/** What a resolved `append` means: the operating system has the bytes, or stable storage has. */
export type Acknowledge = 'written' | 'synced';

/** What has been written and not yet synced. Reused by its owner: read it, never keep it. */
export interface UnsyncedTail {
  /** Monotonic time of this decision. */
  readonly nowMs: number;
  /** Bytes of frames written since the last sync started. */
  readonly bytes: number;
  /** Appends (a batch is one) written since the last sync started. */
  readonly appends: number;
  /** Monotonic time at which the oldest unsynced append was written. */
  readonly firstWriteMs: number;
  /** Number of appends that wait for a sync; those that asked for one by `acknowledge: 'synced'` included. */
  readonly waiters: number;
}

/**
 * Sync now, not for this reason, or at the latest when the monotonic clock shows `atMs`: a number, and later than the
 * tail's `nowMs`. Whose time has come is asked again, and then answers `now`.
 */
export type SyncDecision = 'now' | 'later' | { readonly atMs: number };

/**
 * Decides when to sync; never syncs. One instance per log, made by a {@link SyncPolicyFactory}. Pure but for what it
 * remembers of its own decisions: no clock, no timer, no I/O. It is asked after every write, when a sync ends with bytes
 * left unsynced, and when `atMs` has come. The log sees to it that at most one sync is in flight, that a sync covers all
 * that was written before it began, and that an append that asked for `synced` is never left waiting under a policy that
 * does not.
 */
export interface SyncPolicy {
  /** As in the text form: `always`, `never`, `appends:100`, `bytes:1048576`, `ms:100`, `group:2ms`. */
  readonly name: string;
  readonly acknowledge: Acknowledge;
  /** `tail.appends` is at least 1. Deadlines count from `tail.firstWriteMs`: a later write never moves them. */
  decide(tail: UnsyncedTail): SyncDecision;
}

/** Called by each log when it is opened, so that no two share what a policy remembers; and once by an engine, to look at one. */
export type SyncPolicyFactory = () => SyncPolicy;
