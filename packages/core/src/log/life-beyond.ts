import { isBlank } from '../blank.js';
import { FrameHeader, type SegmentCodec } from '../contract/frame-codec.js';
import type { SegmentReader } from '../contract/segment-reader.js';
import { Breath } from './breath.js';

const SECTOR_BYTES = 512;

/** Where frames are looked for. */
export interface FrameSearch {
  readonly reader: SegmentReader;
  readonly codec: SegmentCodec;
  readonly sizeBytes: number;
  readonly maxFrameBytes: number;
  readonly scratch: Uint8Array;
}

export interface LookBeyondInput extends FrameSearch {
  /** The first byte that is not a good frame. */
  readonly position: number;
  /** Offset that a frame there would have had. */
  readonly nextOffset: number;
  readonly minEpoch: number;
}

/** What lies between the last good frame and the end of the file. */
export interface LifeBeyond {
  readonly bytes: number;
  readonly allZero: boolean;
  /** Among bytes that are not zero lies a whole sector of zeros, or zeros follow from a sector's start on. */
  readonly sectorMissing: boolean;
  /** Frames that verify and would follow, in order. */
  readonly frames: readonly FoundFrame[];
  readonly stableUpTo: number;
}

export interface FoundFrame {
  readonly position: number;
  readonly bytes: number;
  readonly baseOffset: number;
  readonly lastOffset: number;
}

/**
 * Searches the rest of a file for frames that still verify. A length is followed only after its header has proven itself,
 * and a found frame is stepped over, so the search is linear in the file's size.
 */
export async function lookBeyond(input: LookBeyondInput): Promise<LifeBeyond> {
  const bytes = input.sizeBytes - input.position;
  if (bytes <= 0) return { bytes: 0, allZero: true, sectorMissing: false, frames: [], stableUpTo: 0 };
  const zeros = await findZeros(input);
  if (zeros.allZero) return { bytes, ...zeros, frames: [], stableUpTo: 0 };
  const frames: FoundFrame[] = [];
  const header = new FrameHeader();
  let nextOffset = input.nextOffset;
  let stableUpTo = 0;
  let position = input.position + 1;
  while (position < input.sizeBytes) {
    const found = await nextFrame(input, position, header);
    if (found === undefined) break;
    if (header.baseOffset < nextOffset || header.epoch < input.minEpoch) {
      position = found + 1;
      continue;
    }
    const { frameBytes, baseOffset, lastOffset } = header;
    frames.push({ position: found, bytes: frameBytes, baseOffset, lastOffset });
    nextOffset = lastOffset + 1;
    stableUpTo = Math.max(stableUpTo, header.stableUpTo);
    position = found + header.frameBytes;
  }
  return { bytes, ...zeros, frames, stableUpTo };
}

/** Position of the next frame at or after `start` that verifies, whatever its offset and epoch; undefined if none does. */
export function nextWholeFrame(input: FrameSearch, start: number): Promise<number | undefined> {
  return nextFrame(input, start, new FrameHeader());
}

/** Position of the next frame at or after `start` that verifies; fills `header`. */
async function nextFrame(
  input: FrameSearch,
  start: number,
  header: FrameHeader,
): Promise<number | undefined> {
  const { codec, reader, sizeBytes, scratch } = input;
  const breath = new Breath();
  let position = start;
  while (position < sizeBytes) {
    const chunk = await reader.read(position, scratch);
    const end = position + chunk.length;
    // The first bytes of a frame may straddle two chunks.
    let next = end >= sizeBytes ? sizeBytes : Math.max(position + 1, end - codec.headerBytes + 1);
    for (
      let local = codec.locate(chunk, 0, chunk.length);
      local < chunk.length;
      local = codec.locate(chunk, local + 1, chunk.length)
    ) {
      header.frameBytes = 0;
      const status = codec.peek(chunk, local, chunk.length, header);
      if (status === 'frame' && codec.verify(chunk, local, header)) return position + local;
      if (status !== 'partial') continue;
      if (header.frameBytes > 0) {
        if (await verifiesAlone(input, position + local, header)) return position + local;
      } else if (local > 0 && end < sizeBytes) {
        next = Math.min(next, position + local);
        break;
      }
    }
    if (chunk.length === 0) return undefined;
    position = next;
    await breath.after(chunk.length);
  }
  return undefined;
}

/** A frame with a proven header that reaches beyond the chunk. */
async function verifiesAlone(input: FrameSearch, position: number, header: FrameHeader): Promise<boolean> {
  const { frameBytes } = header;
  if (frameBytes > Math.min(input.maxFrameBytes, input.sizeBytes - position)) return false;
  const frame = await input.reader.read(position, new Uint8Array(frameBytes));
  return input.codec.peek(frame, 0, frame.length, header) === 'frame' && input.codec.verify(frame, 0, header);
}

async function findZeros(input: LookBeyondInput): Promise<{ allZero: boolean; sectorMissing: boolean }> {
  let allZero = true;
  let sectorMissing = false;
  const breath = new Breath();
  for (let position = input.position; position < input.sizeBytes; ) {
    const toBoundary = SECTOR_BYTES - (position % SECTOR_BYTES);
    const whole = Math.floor(input.scratch.length / SECTOR_BYTES) * SECTOR_BYTES;
    const wanted = Math.min(toBoundary === SECTOR_BYTES ? whole : toBoundary, input.sizeBytes - position);
    const chunk = await input.reader.read(position, input.scratch.subarray(0, wanted));
    if (chunk.length === 0) break;
    for (let start = 0; start < chunk.length; start += SECTOR_BYTES) {
      const zero = isBlank(chunk, start, Math.min(start + SECTOR_BYTES, chunk.length));
      if (!zero) allZero = false;
      else if (position + start > input.position || toBoundary === SECTOR_BYTES) sectorMissing = true;
    }
    position += chunk.length;
    await breath.after(chunk.length);
  }
  return { allZero, sectorMissing };
}
