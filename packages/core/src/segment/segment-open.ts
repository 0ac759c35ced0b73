import { SeglogError } from '../contract/error.js';
import type { SegmentCodec } from '../contract/frame-codec.js';
import type { SegmentIndex } from '../contract/index-store.js';
import type { SegmentFacts } from '../contract/segment-facts.js';
import type { SegmentReader } from '../contract/segment-reader.js';
import { DeferredIndex } from './deferred-index.js';
import { fromHex } from './hex.js';
import type { OpenSegment } from './segment.js';
import type { SegmentContext } from './segment-context.js';
import { decodeSegmentFooter, SEGMENT_FOOTER_BYTES } from './segment-footer.js';
import { decodeSegmentHeader, SEGMENT_HEADER_BYTES, type SegmentHeader } from './segment-header.js';
import { segmentFileName } from './segment-name.js';

/** Opens a segment that the manifest names and checks that the file is that segment, whole. */
export async function openSegmentFile(
  context: SegmentContext,
  facts: SegmentFacts,
  {
    endPosition,
    index: given,
    openReader,
  }: {
    readonly endPosition: () => number;
    readonly index?: SegmentIndex | undefined;
    /** Opens the reader of a segment that grows. */
    readonly openReader?: (() => Promise<SegmentReader>) | undefined;
  },
): Promise<OpenSegment> {
  const file = segmentFileName(facts);
  const sizeBytes = await context.directory.sizeOf(file);
  if (sizeBytes === undefined) {
    throw new SeglogError('MISSING_SEGMENT', 'a segment that the manifest names is not there', { file });
  }
  const end = facts.sealed ? facts.endPosition + SEGMENT_FOOTER_BYTES : facts.endPosition;
  if (sizeBytes < end) throw damaged('a segment is shorter than its facts', facts, sizeBytes);
  const reader =
    openReader === undefined
      ? await context.directory.openReader(file, {
          sealed: facts.sealed,
          writtenBytes: facts.sealed ? () => end : endPosition,
        })
      : await openReader();
  try {
    return await openRead(context, facts, { reader, endPosition, given });
  } catch (cause) {
    await reader.close();
    throw cause;
  }
}

/** Checks what the file says of itself, and finds the parts that read it. */
async function openRead(
  context: SegmentContext,
  facts: SegmentFacts,
  {
    reader,
    endPosition,
    given,
  }: {
    readonly reader: SegmentReader;
    readonly endPosition: () => number;
    readonly given: SegmentIndex | undefined;
  },
): Promise<OpenSegment> {
  const file = segmentFileName(facts);
  const header = await readSegmentHeader(context, facts, reader);
  if (facts.sealed) await checkFooter(context, facts, reader);
  const codec = segmentCodec(context, header, file);
  const { salt, maxFrameBytes, codecId } = header;
  const checksum = context.formats.checksum(header.checksumId, file);
  const known = { ...facts, endPosition: endPosition() };
  const index = given ?? (await openIndex(context, known, { codec, reader, endPosition, maxFrameBytes }));
  return { salt, crc32c: context.crc32c, maxFrameBytes, codec, codecId, checksum, reader, index };
}

/** The header of a segment, checked against what the manifest says of it. */
export async function readSegmentHeader(
  context: Pick<SegmentContext, 'crc32c' | 'logId'>,
  facts: Pick<SegmentFacts, 'id' | 'baseOffset'>,
  reader: SegmentReader,
): Promise<SegmentHeader> {
  const file = segmentFileName(facts);
  const bytes = await reader.read(0, new Uint8Array(SEGMENT_HEADER_BYTES));
  const verdict = decodeSegmentHeader(bytes, context.crc32c);
  if (verdict.kind === 'unsupported') {
    throw new SeglogError('UNSUPPORTED_FORMAT', 'a segment was written by a newer version', {
      file,
      version: verdict.version,
    });
  }
  if (verdict.kind === 'corrupt') throw damaged('the header of a segment is damaged', facts, 0);
  const { header } = verdict;
  if (header.id !== facts.id || header.baseOffset !== facts.baseOffset || header.logId !== context.logId) {
    throw damaged('the file is another segment than the manifest names', facts, 0);
  }
  return header;
}

/** The codec for the frames of a segment with this header. */
export function segmentCodec(
  context: Pick<SegmentContext, 'formats'>,
  header: SegmentHeader,
  file: string,
): SegmentCodec {
  return context.formats.codec(header.codecId, file).forSegment({
    logId: fromHex(header.logId),
    salt: header.salt,
    checksum: context.formats.checksum(header.checksumId, file),
    maxFrameBytes: header.maxFrameBytes,
  });
}

/** Whether an error says that a segment is damaged or gone, rather than that the medium failed. */
export function isDamage(cause: unknown): boolean {
  return SeglogError.is(cause, 'CORRUPT_SEGMENT') || SeglogError.is(cause, 'MISSING_SEGMENT');
}

export function damaged(
  sentence: string,
  segment: Pick<SegmentFacts, 'id' | 'baseOffset'>,
  position: number,
  offset?: number,
): SeglogError {
  return new SeglogError('CORRUPT_SEGMENT', sentence, {
    file: segmentFileName(segment),
    position,
    offset: offset ?? segment.baseOffset,
  });
}

async function checkFooter(
  context: SegmentContext,
  facts: SegmentFacts,
  reader: SegmentReader,
): Promise<void> {
  const bytes = await reader.read(facts.endPosition, new Uint8Array(SEGMENT_FOOTER_BYTES));
  const footer = decodeSegmentFooter(bytes, facts.firstPosition, context.crc32c);
  if (footer === undefined) throw damaged('the footer of a segment is damaged', facts, facts.endPosition);
  const said = footer.facts;
  const same =
    said.id === facts.id &&
    said.baseOffset === facts.baseOffset &&
    said.endPosition === facts.endPosition &&
    said.nextOffset === facts.nextOffset &&
    said.recordCount === facts.recordCount &&
    said.framesChecksum === facts.framesChecksum;
  if (!same) throw damaged('the footer of a segment contradicts the manifest', facts, facts.endPosition);
}

/** The index of a segment; where it does not cover the frames it is made from them at the first lookup. */
async function openIndex(
  context: SegmentContext,
  facts: SegmentFacts,
  frames: {
    readonly codec: SegmentCodec;
    readonly reader: SegmentReader;
    readonly endPosition: () => number;
    readonly maxFrameBytes: number;
  },
): Promise<SegmentIndex> {
  const { index, coveredUpTo } = await context.indexes.open(facts);
  if (coveredUpTo >= facts.endPosition || context.scanned.complete(index, facts, coveredUpTo)) return index;
  return new DeferredIndex(index, context, { facts, ...frames });
}
