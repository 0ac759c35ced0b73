import type { SegmentCodecContext } from '../contract/frame-codec.js';
import { requireSafeInteger } from '../invariant.js';
import { requireU32 } from './batch-facts.js';
import { writeU32 } from './big-endian.js';

const LOG_ID_BYTES = 16;

/**
 * What every checksum of a segment starts from: the checksum of log id and salt. Different seeds give different checksums
 * over the same bytes, so that a frame of another segment of this log never verifies, and one of another log only if the
 * two seeds happen to be equal.
 */
export function segmentSeed({ logId, salt, checksum }: SegmentCodecContext): number {
  if (logId.length !== LOG_ID_BYTES) {
    throw new RangeError(`logId must have ${LOG_ID_BYTES} bytes, not ${logId.length}`);
  }
  requireU32(salt, 'salt');
  const identity = new Uint8Array(LOG_ID_BYTES + 4);
  identity.set(logId);
  writeU32(identity, LOG_ID_BYTES, salt);
  return checksum.of(identity, 0, identity.length, 0);
}

/** A frame's length is a u32 on disk; a longer limit is cut to that. */
export function frameLimit({ maxFrameBytes }: SegmentCodecContext): number {
  requireSafeInteger(maxFrameBytes, 'maxFrameBytes', { min: 1 });
  return Math.min(maxFrameBytes, 0xffff_ffff);
}
