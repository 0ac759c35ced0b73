import type { Checksum } from '../contract/checksum.js';
import { SeglogError } from '../contract/error.js';
import type { FrameHeader, SegmentCodec } from '../contract/frame-codec.js';
import type { SegmentReader } from '../contract/segment-reader.js';
import type { StorageDirectory } from '../contract/storage-directory.js';
import { nextWholeFrame } from '../log/life-beyond.js';
import { FrameScan } from '../segment/frame-scan.js';
import type { KnownFormats } from './check-segment.js';
import {
  FOOTER_BYTES,
  type FooterFacts,
  HEADER_BYTES,
  readFooter,
  readHeader,
  type StoredHeader,
} from './stored-segment.js';

/** A segment file that is open for looking at it, whatever state it is in. */
export interface StoredSegmentFile {
  readonly file: string;
  readonly sizeBytes: number;
  readonly reader: SegmentReader;
  /** The header, or what is wrong with it. */
  readonly header: StoredHeader | string;
  /** The footer that the file ends with; undefined if it ends with none. */
  readonly footer: FooterFacts | undefined;
  /** Reads the frames; undefined when the header does not say how, or names a codec or checksum that is not known. */
  readonly codec: SegmentCodec | undefined;
  readonly checksum: Checksum | undefined;
}

/** What stands at a place of a segment, in order and without holes. Lent: valid until the walk goes on. */
export type StoredPiece =
  | {
      readonly kind: 'frame';
      readonly position: number;
      readonly header: FrameHeader;
      /** The frame is `source[at, at + header.frameBytes)`. */
      readonly source: Uint8Array;
      readonly at: number;
    }
  /** Bytes that no whole frame stands in. */
  | { readonly kind: 'bad'; readonly position: number; readonly bytes: number; readonly why: string }
  /** Zeros that were written ahead, to the end of the file. */
  | { readonly kind: 'blank'; readonly position: number; readonly bytes: number };

/** Opens a segment file. Rejects with `STORAGE` only. The caller closes `reader`. */
export async function openStoredSegment(
  directory: StorageDirectory,
  file: string,
  { codecs, checksums, crc32c }: KnownFormats,
): Promise<StoredSegmentFile> {
  const sizeBytes = await directory.sizeOf(file);
  if (sizeBytes === undefined)
    throw new SeglogError('STORAGE', 'there is no such file', { call: 'open', name: file, errno: 'ENOENT' });
  const reader = await directory.openReader(file, { sealed: false, writtenBytes: () => sizeBytes });
  const head = await reader.read(0, new Uint8Array(HEADER_BYTES));
  const header = readHeader(head.slice(), crc32c);
  const footer =
    sizeBytes < HEADER_BYTES + FOOTER_BYTES ? undefined : await footerOf(reader, sizeBytes, crc32c);
  const known = typeof header === 'string' ? undefined : header;
  const checksum = known && checksums.get(known.checksumId);
  const codec =
    known &&
    checksum &&
    codecs.get(known.codecId)?.forSegment({ ...known, logId: known.logIdBytes, checksum });
  return { file, sizeBytes, reader, header, footer, codec, checksum };
}

async function footerOf(
  reader: SegmentReader,
  sizeBytes: number,
  crc32c: Checksum,
): Promise<FooterFacts | undefined> {
  const bytes = await reader.read(sizeBytes - FOOTER_BYTES, new Uint8Array(FOOTER_BYTES));
  const footer = readFooter(bytes, crc32c);
  return typeof footer === 'string' || footer.endPosition !== sizeBytes - FOOTER_BYTES ? undefined : footer;
}

/**
 * Walks every byte of a segment between header and footer, from `from` on: whole frames, and the bytes between them.
 * `visit` returns false to stop. Bounded memory.
 */
export async function walkStoredFrames(
  segment: StoredSegmentFile,
  visit: (piece: StoredPiece) => boolean | Promise<boolean>,
  from: number = HEADER_BYTES,
): Promise<void> {
  const { codec, header, footer, reader } = segment;
  if (codec === undefined || typeof header === 'string') return;
  const endPosition = footer?.endPosition ?? segment.sizeBytes;
  const { maxFrameBytes } = header;
  const scratch = new Uint8Array(SCRATCH_BYTES);
  const scan = new FrameScan(reader, codec, { position: from, endPosition, maxFrameBytes, scratch });
  const search = {
    reader,
    codec,
    maxFrameBytes,
    sizeBytes: endPosition,
    scratch: new Uint8Array(SCRATCH_BYTES),
  };
  while (scan.position < endPosition) {
    const { position } = scan;
    const looked = scan.look();
    const status = typeof looked === 'string' ? looked : await looked;
    const { source, framePosition: at, header: frame } = scan;
    if (status === 'frame' && codec.verify(source, at, frame)) {
      const going = visit({ kind: 'frame', position, header: frame, source, at });
      if (!(typeof going === 'boolean' ? going : await going)) return;
      scan.advance();
      continue;
    }
    const next = (await nextWholeFrame(search, position + 1)) ?? endPosition;
    const blank = next === endPosition && (await allZero(reader, position, endPosition));
    const bytes = next - position;
    const why =
      status === 'frame' ? 'the frame there does not verify' : `the bytes there are ${status}, not a frame`;
    const piece: StoredPiece = blank
      ? { kind: 'blank', position, bytes }
      : { kind: 'bad', position, bytes, why };
    if (!(await visit(piece))) return;
    scan.moveTo(next);
  }
}

const SCRATCH_BYTES = 256 * 1024;

async function allZero(reader: SegmentReader, from: number, to: number): Promise<boolean> {
  const scratch = new Uint8Array(64 * 1024);
  for (let at = from; at < to; ) {
    const chunk = await reader.read(at, scratch.subarray(0, Math.min(scratch.length, to - at)));
    if (chunk.some((byte) => byte !== 0)) return false;
    if (chunk.length === 0) return true;
    at += chunk.length;
  }
  return true;
}
