import type { RecoveryReport } from './recovery-report.js';
import type { RollReason, SealedSegment } from './segment-facts.js';

/**
 * What happens inside, as it happens. `log` names the partition (`flights/2`) or is empty for a log that stands alone.
 * Events of the hot path (`written`, `synced`) come once per group of appends, not once per append.
 */
export type LogEvent =
  | { readonly type: 'opened'; readonly log: string; readonly report: RecoveryReport }
  | { readonly type: 'closed'; readonly log: string; readonly clean: boolean }
  | {
      readonly type: 'written';
      readonly log: string;
      readonly records: number;
      readonly bytes: number;
      readonly logEnd: number;
    }
  | {
      readonly type: 'synced';
      readonly log: string;
      readonly durable: number;
      readonly bytes: number;
      readonly durationMs: number;
    }
  | {
      readonly type: 'rolled';
      readonly log: string;
      readonly reason: RollReason;
      readonly segment: SealedSegment;
    }
  | { readonly type: 'poisoned'; readonly log: string; readonly cause: unknown }
  | {
      readonly type: 'corruption';
      readonly log: string;
      readonly file: string;
      readonly position: number;
      readonly offset: number;
    }
  | { readonly type: 'truncated'; readonly log: string; readonly lastKept: number }
  | { readonly type: 'purged'; readonly log: string; readonly logStart: number; readonly segments: number }
  | {
      readonly type: 'index-rebuilt';
      readonly log: string;
      readonly segment: string;
      readonly bytes: number;
    }
  | { readonly type: 'topic-created'; readonly topic: string; readonly partitions: number }
  | { readonly type: 'topic-deleted'; readonly topic: string }
  | { readonly type: 'topic-offline'; readonly topic: string; readonly cause: unknown }
  | { readonly type: 'partitions-added'; readonly topic: string; readonly added: number }
  | { readonly type: 'topic-configured'; readonly topic: string }
  | {
      readonly type: 'cleanup';
      readonly log: string;
      readonly job: CleanupJobKind;
      readonly phase: 'started' | 'progress' | 'finished' | 'cancelled' | 'failed';
      /** Bytes read so far. */
      readonly readBytes: number;
      /** So far, and of this job alone. */
      readonly recordsRemoved: number;
      /** Of a job that failed. */
      readonly cause?: unknown;
    };

/** Retention removes the oldest segments; compaction all but the latest record of each key. */
export type CleanupJobKind = 'retention' | 'compaction';

/**
 * Watches; never changes anything. Called synchronously where the event happens, so it must be quick; what it throws is
 * swallowed, because a watcher must not break what it watches.
 */
export interface LogObserver {
  observe(event: LogEvent): void;
}
