import { SeglogError } from '../contract/error.js';
import { requireOneOf, requireSafeInteger } from '../invariant.js';
import { SEGMENT_FOOTER_BYTES } from '../segment/segment-footer.js';
import { SEGMENT_HEADER_BYTES } from '../segment/segment-header.js';

const KiB = 1024;
const MiB = 1024 * KiB;

/** Numbers and choices of one log; parts (codec, index, policy, …) are components. Sizes in bytes, times in milliseconds. */
export interface LogSettings {
  /** A segment is rolled before a write that would exceed it. Default 128 MiB; 4 KiB to 2 GiB. */
  readonly maxSegmentBytes: number;
  /** A segment older than this is rolled at the next append. Default: no limit. */
  readonly maxSegmentAgeMs: number;
  /** Offsets that one segment may span. Default 2^31. */
  readonly maxSegmentOffsets: number;
  /** Longest frame that is written or believed. Default 32 MiB, or what fits a smaller segment. */
  readonly maxFrameBytes: number;
  /** Largest payload (key, value, headers) of one record. Default 1 MiB, or what fits a smaller frame. */
  readonly maxRecordBytes: number;
  /** Small appends that wait together share a frame of about this size. Default 32 KiB. */
  readonly frameTargetBytes: number;
  /** Most bytes that one write hands to the operating system, unless one append is larger. Default 512 KiB. */
  readonly groupBytes: number;
  /** Payload that may wait in line. Default 64 MiB. */
  readonly maxQueuedBytes: number;
  /** Bytes of frames between two index entries. Default 4,096. */
  readonly indexIntervalBytes: number;
  /** Zeros written ahead of small synced appends; 0 turns it off. Default 1 MiB. */
  readonly preallocateBytes: number;
  /** Within this time an append that asked for `synced` is synced under a policy that would not. Default 0. */
  readonly maxSyncDelayMs: number;
  /**
   * Under a policy that acknowledges what is written: so many unsynced bytes are synced beside the appends, so that a roll,
   * which waits for its segment to be durable, finds little left to write. At least 1. Default 8 MiB.
   */
  readonly writebackBytes: number;
  /**
   * Under a policy that acknowledges what is written: so many full segments may be on their way to being durable and sealed
   * while the next one takes appends; a roll waits for the oldest only when there are more. What a power cut may take, and
   * what an opening after a kill has to scan, grows with it. 0: every roll waits for its segment. Default 1.
   */
  readonly maxUnsealedSegments: number;
  /** The watermark is noted this long after the last sync. Default 100 ms. */
  readonly watermarkDelayMs: number;
  /** Files that nobody reads any more are removed after this time. Default 60 s. */
  readonly deleteDelayMs: number;
  /** Every record needs a key: set for topics that compact. Default false. */
  readonly requireKeys: boolean;
  /** Whether the checksum of each frame is checked on every read. Default `always`. */
  readonly verify: 'always' | 'never';
  /** What to do when data that was proven durable is damaged. Default `fail`. */
  readonly onCorruption: 'fail' | 'readonly' | 'salvage';
  /** What to do with a whole frame at the very end that does not verify. Default `truncate`. */
  readonly onAmbiguousTail: 'truncate' | 'fail';
  /** Most bytes of one quarantined copy, and most copies kept. Defaults 64 MiB and 16. */
  readonly maxQuarantineBytes: number;
  readonly maxQuarantineFiles: number;
  /** Idempotent producers remembered per partition, and for how long after their last append. Defaults 1,000 and 24 h. */
  readonly maxProducers: number;
  readonly producerExpiryMs: number;
}

const FRAME_SHARE = SEGMENT_HEADER_BYTES + SEGMENT_FOOTER_BYTES;
/** Room that a frame needs beside the payload of its one record, generously. */
const FRAME_OVERHEAD = 1024;

/** Fills in the defaults and refuses what contradicts itself: `RangeError` for a number, `COMPOSITION` for a pair. */
export function logSettings(given: Partial<LogSettings> = {}): LogSettings {
  const maxSegmentBytes = given.maxSegmentBytes ?? 128 * MiB;
  requireWithin(maxSegmentBytes, 'maxSegmentBytes', 4 * KiB, 2 ** 31);
  const maxFrameBytes = given.maxFrameBytes ?? Math.min(32 * MiB, maxSegmentBytes - FRAME_SHARE);
  requireWithin(maxFrameBytes, 'maxFrameBytes', 2 * KiB, 2 ** 31);
  const settings: LogSettings = {
    maxSegmentAgeMs: Number.POSITIVE_INFINITY,
    maxSegmentOffsets: 2 ** 31,
    maxRecordBytes: Math.min(MiB, maxFrameBytes - FRAME_OVERHEAD),
    frameTargetBytes: 32 * KiB,
    groupBytes: 512 * KiB,
    maxQueuedBytes: 64 * MiB,
    indexIntervalBytes: 4096,
    preallocateBytes: MiB,
    maxSyncDelayMs: 0,
    writebackBytes: 8 * MiB,
    maxUnsealedSegments: 1,
    watermarkDelayMs: 100,
    deleteDelayMs: 60_000,
    requireKeys: false,
    verify: 'always',
    onCorruption: 'fail',
    onAmbiguousTail: 'truncate',
    maxQuarantineBytes: 64 * MiB,
    maxQuarantineFiles: 16,
    maxProducers: 1000,
    producerExpiryMs: 24 * 60 * 60 * 1000,
    ...withoutUndefined(given),
    maxSegmentBytes,
    maxFrameBytes,
  };
  requireConsistent(settings);
  return settings;
}

function requireConsistent(settings: LogSettings): void {
  for (const name of ['maxRecordBytes', 'maxSegmentOffsets', 'frameTargetBytes', 'groupBytes'] as const) {
    requireSafeInteger(settings[name], name, { min: 1 });
  }
  for (const name of ['maxQueuedBytes', 'indexIntervalBytes', 'writebackBytes', 'maxProducers'] as const) {
    requireSafeInteger(settings[name], name, { min: 1 });
  }
  requireSafeInteger(settings.producerExpiryMs, 'producerExpiryMs', { min: 1 });
  for (const name of ['preallocateBytes', 'maxSyncDelayMs', 'watermarkDelayMs', 'deleteDelayMs'] as const) {
    requireSafeInteger(settings[name], name);
  }
  for (const name of ['maxUnsealedSegments', 'maxQuarantineBytes', 'maxQuarantineFiles'] as const) {
    requireSafeInteger(settings[name], name);
  }
  if (typeof settings.maxSegmentAgeMs !== 'number' || !(settings.maxSegmentAgeMs > 0)) {
    throw new RangeError('maxSegmentAgeMs must be a number above 0');
  }
  requireChoices(settings);
  requireWithin(settings.maxSegmentOffsets, 'maxSegmentOffsets', 1, 2 ** 31);
  requireFits('maxFrameBytes', settings.maxFrameBytes, settings.maxSegmentBytes - FRAME_SHARE);
  requireFits('maxRecordBytes', settings.maxRecordBytes, settings.maxFrameBytes - FRAME_OVERHEAD);
}

/** A choice that is misspelt must not pass for the other one. */
function requireChoices(settings: LogSettings): void {
  requireOneOf(settings.requireKeys, [false, true], 'requireKeys');
  requireOneOf(settings.verify, ['always', 'never'], 'verify');
  requireOneOf(settings.onCorruption, ['fail', 'readonly', 'salvage'], 'onCorruption');
  requireOneOf(settings.onAmbiguousTail, ['truncate', 'fail'], 'onAmbiguousTail');
}

function requireFits(name: string, bytes: number, maxBytes: number): void {
  if (bytes <= maxBytes) return;
  throw new SeglogError('COMPOSITION', `the setting ${name} does not fit what holds it`, { bytes, maxBytes });
}

function requireWithin(value: number, name: string, min: number, max: number): void {
  requireSafeInteger(value, name, { min });
  if (value > max) throw new RangeError(`${name} must be at most ${max}, not ${value}`);
}

function withoutUndefined(given: Partial<LogSettings>): Partial<LogSettings> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}
