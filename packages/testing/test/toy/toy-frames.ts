import { crc32 } from 'node:zlib';
import type { ToyBug } from './toy-log.js';

export interface Frame {
  readonly offset: number;
  readonly text: string;
}

const HEADER_BYTES = 12;

/** `[crc32 of the rest][length of the text][offset][text]`. */
export function encodeFrame({ offset, text }: Frame): Uint8Array {
  const bytes = Buffer.alloc(HEADER_BYTES + Buffer.byteLength(text));
  bytes.writeUInt32BE(Buffer.byteLength(text), 4);
  bytes.writeUInt32BE(offset, 8);
  bytes.write(text, HEADER_BYTES);
  bytes.writeUInt32BE(crc32(bytes.subarray(4)), 0);
  return bytes;
}

/** The valid frames at the start of `source`, and where they end. */
export function decodeFrames(
  source: Uint8Array,
  bugs: ReadonlySet<ToyBug>,
): { readonly frames: Frame[]; readonly end: number } {
  const bytes = Buffer.from(source);
  const frames: Frame[] = [];
  let end = 0;
  while (end + HEADER_BYTES <= bytes.length) {
    const length = bytes.readUInt32BE(end + 4);
    const next = end + HEADER_BYTES + length;
    if (next > bytes.length && !bugs.has('length unchecked')) break;
    const zero = bytes.readUInt32BE(end) === 0 && length === 0;
    if (zero && !bugs.has('zero frame accepted')) break;
    if (!zero && !bugs.has('no checksum') && bytes.readUInt32BE(end) !== checksumOf(bytes, end + 4, next))
      break;
    frames.push({
      offset: bytes.readUInt32BE(end + 8),
      text: bytes.toString('utf8', end + HEADER_BYTES, next),
    });
    end = next;
  }
  return { frames, end };
}

/** Reads what the length says, whether it is there or not. */
function checksumOf(bytes: Buffer, from: number, to: number): number {
  const covered = Buffer.alloc(to - from);
  for (let i = from; i < to; i += 1) covered.writeUInt8(bytes.readUInt8(i), i - from);
  return crc32(covered);
}
