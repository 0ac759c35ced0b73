import assert from 'node:assert/strict';
import type { SyncPolicy } from '@seglog/core';

/** A policy that is asked so often without a sync will never come to one. */
const MOST_DECISIONS = 10_000;

/** One append, so long after the one before. */
export interface SyncArrival {
  readonly afterMs: number;
  readonly bytes: number;
}

export interface SyncOutcome {
  readonly syncs: number;
  /** How often the policy was asked. */
  readonly decisions: number;
  /** Appends that no sync has covered when nothing more is going to happen. */
  readonly unsyncedAppends: number;
  /** How often `later` followed a deadline for the same group. */
  readonly brokenPromises: number;
}

/**
 * What a log does with a policy, in virtual time: asks after every write, when a sync ends with bytes left, and when a
 * deadline has come; at most one sync of `syncMs` is in flight. Runs until nothing is due any more.
 */
export function runSyncSchedule(
  policy: SyncPolicy,
  arrivals: readonly SyncArrival[],
  syncMs: number,
): SyncOutcome {
  const schedule = new SyncSchedule(policy, syncMs);
  for (const { afterMs, bytes } of arrivals) {
    schedule.passTo(schedule.nowMs + afterMs);
    schedule.write(bytes);
  }
  schedule.passTo(Infinity);
  return schedule.outcome();
}

class SyncSchedule {
  public nowMs = 0;
  readonly #policy: SyncPolicy;
  readonly #syncMs: number;
  readonly #tail = { nowMs: 0, bytes: 0, appends: 0, firstWriteMs: 0, waiters: 0 };
  #syncEndsMs = Infinity;
  #deadlineMs = Infinity;
  #syncs = 0;
  #decisions = 0;
  #decisionsSinceSync = 0;
  #brokenPromises = 0;

  public constructor(policy: SyncPolicy, syncMs: number) {
    this.#policy = policy;
    this.#syncMs = syncMs;
  }

  public write(bytes: number): void {
    if (this.#tail.appends === 0) this.#tail.firstWriteMs = this.nowMs;
    this.#tail.bytes += bytes;
    this.#tail.appends += 1;
    if (this.#policy.acknowledge === 'synced') this.#tail.waiters += 1;
    this.#ask();
  }

  /** Lets everything happen that is due until then. */
  public passTo(timeMs: number): void {
    for (;;) {
      const nextMs = Math.min(this.#syncEndsMs, this.#deadlineMs);
      if (nextMs === Infinity || nextMs > timeMs) break;
      this.nowMs = nextMs;
      if (nextMs === this.#syncEndsMs) this.#syncEndsMs = Infinity;
      this.#ask();
    }
    if (timeMs < Infinity) this.nowMs = timeMs;
  }

  public outcome(): SyncOutcome {
    return {
      syncs: this.#syncs,
      decisions: this.#decisions,
      unsyncedAppends: this.#tail.appends,
      brokenPromises: this.#brokenPromises,
    };
  }

  #ask(): void {
    if (this.#syncEndsMs < Infinity || this.#tail.appends === 0) {
      this.#deadlineMs = Infinity;
      return;
    }
    this.#tail.nowMs = this.nowMs;
    this.#decisions += 1;
    this.#decisionsSinceSync += 1;
    assert.ok(this.#decisionsSinceSync < MOST_DECISIONS, 'the deadline moves on for ever');
    const decision = this.#policy.decide(this.#tail);
    if (decision === 'later' && this.#deadlineMs < Infinity) this.#brokenPromises += 1;
    this.#deadlineMs = typeof decision === 'object' ? decision.atMs : Infinity;
    if (decision === 'now') this.#sync();
  }

  #sync(): void {
    this.#syncs += 1;
    this.#decisionsSinceSync = 0;
    this.#syncEndsMs = this.nowMs + this.#syncMs;
    Object.assign(this.#tail, { bytes: 0, appends: 0, waiters: 0 });
  }
}
