import {
  type LogSettings,
  logSettings,
  requireKnownOptions,
  requireOneOf,
  requireSafeInteger,
} from '@seglog/core';
import { MAX_WAL_RECORD_BYTES } from './wal-piece.js';

const KiB = 1024;
const MiB = 1024 * KiB;
const HEAD_BYTES = 6;

/** Numbers and choices of a write-ahead log. Sizes in bytes, times in milliseconds. */
export interface WalSettings
  extends Pick<
    LogSettings,
    'preallocateBytes' | 'maxQueuedBytes' | 'onCorruption' | 'onAmbiguousTail' | 'watermarkDelayMs'
  > {
  /** A segment is rolled before a write that would exceed it. Default 64 MiB; 4 KiB to 2 GiB. */
  readonly maxSegmentBytes: number;
  /** A segment older than this is rolled at the next append. Default 60 s. */
  readonly maxSegmentAgeMs: number;
  /** Longest record. Default 64 MiB, at most 1 GiB. */
  readonly maxRecordBytes: number;
  /** Longer records are cut into pieces of this size. Default 256 KiB, or what fits a smaller segment. */
  readonly pieceBytes: number;
  /**
   * With `blake3` each sealed segment is linked to the log behind it by the BLAKE3 hash of its file, and opening checks the
   * file of every sealed segment against its link. Default `none`.
   */
  readonly chain: 'none' | 'blake3';
}

/** Everything is synced here, so zeros ahead are worth more than in a partition: a tenth of the syncs' time at 1 MiB. */
const DEFAULTS = { maxSegmentBytes: 64 * MiB, maxSegmentAgeMs: 60_000, preallocateBytes: 4 * MiB };

export const WAL_SETTING_NAMES: readonly (keyof WalSettings)[] = [
  'maxSegmentBytes',
  'maxSegmentAgeMs',
  'maxRecordBytes',
  'pieceBytes',
  'chain',
  'preallocateBytes',
  'maxQueuedBytes',
  'onCorruption',
  'onAmbiguousTail',
  'watermarkDelayMs',
];

/**
 * Fills in the defaults. Throws `RangeError` for a number out of range and for a setting that is not there, `COMPOSITION` for
 * a pair that contradicts.
 */
export function walSettings(given: Partial<WalSettings> = {}): WalSettings {
  requireKnownOptions(given, WAL_SETTING_NAMES);
  const log = logSettings(logPart({ ...DEFAULTS, ...given }));
  const {
    chain = 'none',
    maxRecordBytes = 64 * MiB,
    pieceBytes = Math.min(256 * KiB, log.maxRecordBytes - HEAD_BYTES),
  } = given;
  requireOneOf(chain, ['none', 'blake3'], 'chain');
  requireSafeInteger(maxRecordBytes, 'maxRecordBytes', { min: 1 });
  requireSafeInteger(pieceBytes, 'pieceBytes', { min: 1 });
  if (maxRecordBytes > MAX_WAL_RECORD_BYTES) {
    throw new RangeError(`maxRecordBytes must be at most ${MAX_WAL_RECORD_BYTES}, not ${maxRecordBytes}`);
  }
  if (pieceBytes > log.maxRecordBytes - HEAD_BYTES) {
    throw new RangeError(`pieceBytes must be at most ${log.maxRecordBytes - HEAD_BYTES}, not ${pieceBytes}`);
  }
  const { preallocateBytes, maxQueuedBytes, onCorruption, onAmbiguousTail, watermarkDelayMs } = log;
  const rest = { preallocateBytes, maxQueuedBytes, onCorruption, onAmbiguousTail, watermarkDelayMs };
  return {
    ...rest,
    maxSegmentBytes: log.maxSegmentBytes,
    maxSegmentAgeMs: log.maxSegmentAgeMs,
    maxRecordBytes,
    pieceBytes,
    chain,
  };
}

/** What the log below is opened with. Released files go at once: nobody reads them. */
export function logPart(given: Partial<WalSettings>): Partial<LogSettings> {
  const { maxRecordBytes: _, pieceBytes: __, chain: ___, ...log } = given;
  return { ...log, deleteDelayMs: 0, maxUnsealedSegments: 0 };
}
