import type { Checksum } from '../contract/checksum.js';
import { SeglogError } from '../contract/error.js';
import type { FrameCodec } from '../contract/frame-codec.js';
import type { SegmentFacts } from '../contract/segment-facts.js';
import type { SegmentReader } from '../contract/segment-reader.js';
import type { StorageDirectory } from '../contract/storage-directory.js';
import { FileBytes } from '../journal/file-bytes.js';
import { type CheckedFrames, checkFrames, type FrameCounts } from './check-frames.js';
import type { Findings, InvariantId } from './finding.js';
import { IndexCheck } from './index-check.js';
import { readIndex } from './stored-index.js';
import { emptyFacts, type StoredSegment } from './stored-manifest.js';
import { FOOTER_BYTES, HEADER_BYTES, readFooter, readHeader, type StoredHeader } from './stored-segment.js';

/** What the frames of a store may be read with, by their ids. */
export interface KnownFormats {
  readonly codecs: ReadonlyMap<number, FrameCodec>;
  readonly checksums: ReadonlyMap<number, Checksum>;
  /** Guards headers, footers and metadata. */
  readonly crc32c: Checksum;
}

/** How a check goes about it. */
export interface CheckWays {
  readonly formats: KnownFormats;
  /** Every frame, record and index entry, and not only what opening the store would look at. */
  readonly deep: boolean;
  /** Told how many bytes of frames were verified since it was told the last time. */
  readonly onProgress: (bytes: number) => void;
  /** Lent for the length of the check. */
  readonly scratch: Uint8Array;
}

export interface SegmentCheck {
  readonly directory: StorageDirectory;
  readonly ways: CheckWays;
  readonly findings: Findings;
  readonly logId: string;
  readonly segment: StoredSegment;
  /** Up to here a growing segment was durable when the manifest said so; a sealed one up to its end. */
  readonly point: SegmentFacts;
  readonly minEpoch: number;
}

/** A longer sidecar than any index of ours may be: it is not read into memory. */
const MAX_INDEX_BYTES = 1024 * 1024 * 1024;

/** Undefined where there is nothing to look into. */
export async function checkSegment(check: SegmentCheck): Promise<CheckedFrames | undefined> {
  const { directory, findings, segment } = check;
  const file = segmentFile(segment.facts);
  try {
    const sizeBytes = await directory.sizeOf(file);
    if (sizeBytes === undefined) {
      findings.damage('I11', file, 'the manifest names a segment that is not there');
      return undefined;
    }
    findings.counts.segments += 1;
    const reader = await directory.openReader(file, { sealed: false, writtenBytes: () => sizeBytes });
    try {
      return await checkFile(check, { file, reader, sizeBytes });
    } finally {
      await reader.close();
    }
  } catch (error) {
    if (!SeglogError.is(error, 'STORAGE')) throw error;
    findings.damage('I6', file, `the medium does not give the segment back: ${error.message}`);
    return undefined;
  }
}

/** Name of a segment's file; with `idx` of its sidecar. */
export function segmentFile({ baseOffset, id }: SegmentFacts, ending: 'log' | 'idx' = 'log'): string {
  return `${String(baseOffset).padStart(20, '0')}-${id}.${ending}`;
}

interface SegmentFile {
  readonly file: string;
  readonly reader: SegmentReader;
  readonly sizeBytes: number;
}

async function checkFile(check: SegmentCheck, at: SegmentFile): Promise<CheckedFrames | undefined> {
  const { findings, segment, ways } = check;
  const { file, reader, sizeBytes } = at;
  const { facts } = segment;
  const header = readHeader(await reader.read(0, new Uint8Array(HEADER_BYTES)), ways.formats.crc32c);
  if (typeof header === 'string') {
    findings.damage('I6', file, header, 0);
    return undefined;
  }
  checkHeader(check, file, header);
  if (facts.sealed) await checkFooter(check, at);
  const codec = ways.formats.codecs.get(header.codecId);
  const checksum = ways.formats.checksums.get(header.checksumId);
  if (codec === undefined || checksum === undefined) {
    findings.unknown(file, unknownFormat(header, codec === undefined), codec === undefined ? 12 : 13);
    return undefined;
  }
  if (facts.sealed && !ways.deep) {
    await believedIndex(check, facts);
    return undefined;
  }
  const from = ways.deep || sizeBytes < check.point.endPosition ? emptyFacts(facts) : check.point;
  const index = await indexCheck(check, sizeBytes);
  index?.check.skipTo(from.endPosition);
  const { logIdBytes: logId, salt, maxFrameBytes } = header;
  const frames = await checkFrames(
    {
      file,
      reader,
      endPosition: facts.sealed ? facts.endPosition : sizeBytes,
      from,
      point: check.point,
      codec: codec.forSegment({ logId, salt, checksum, maxFrameBytes }),
      maxFrameBytes,
      checksum,
      minEpoch: check.minEpoch,
      index: index?.check,
      scratch: ways.scratch,
      onProgress: ways.onProgress,
    },
    findings,
  );
  index?.settle(frames);
  if (facts.sealed) checkSealed(check, file, frames);
  return frames;
}

function unknownFormat({ codecId, checksumId }: StoredHeader, codec: boolean): string {
  const part = codec ? `codec ${codecId}` : `checksum ${checksumId}`;
  return `unknown ${part}: the frames of this segment cannot be checked`;
}

function checkHeader({ findings, logId, segment }: SegmentCheck, file: string, header: StoredHeader): void {
  const { facts, predecessorId } = segment;
  const say = (what: string): void => findings.damage('I11', file, `the header has another ${what}`, 0);
  if (header.logId !== logId) say('log id than the manifest');
  if (header.id !== facts.id) say('segment id than its name');
  if (header.baseOffset !== facts.baseOffset) say('base offset than the manifest');
  if (header.createdAtMs !== facts.createdAtMs) say('time of creation than the manifest');
  if (header.predecessorId !== predecessorId) say('predecessor than the manifest');
}

function checkSealed({ findings, segment }: SegmentCheck, file: string, frames: CheckedFrames): void {
  const { facts } = segment;
  const { counts, broken } = frames;
  if (broken !== undefined) {
    const lost =
      counts.nextOffset < facts.nextOffset
        ? `, in offsets ${counts.nextOffset} to ${facts.nextOffset - 1}`
        : '';
    findings.damage('I6', file, `${broken}${lost}`, counts.endPosition);
  } else checkCounts(findings, { file, said: facts, counted: counts, who: 'the manifest' });
}

async function checkFooter({ findings, segment, ways }: SegmentCheck, at: SegmentFile): Promise<void> {
  const { facts, reason } = segment;
  const { endPosition } = facts;
  const { file, reader, sizeBytes } = at;
  if (sizeBytes !== endPosition + FOOTER_BYTES) {
    const message = `the file is ${sizeBytes} bytes long, not ${endPosition + FOOTER_BYTES}`;
    findings.damage('I11', file, message, Math.min(sizeBytes, endPosition + FOOTER_BYTES));
  }
  const bytes =
    sizeBytes > endPosition ? await reader.read(endPosition, new Uint8Array(FOOTER_BYTES)) : NO_BYTES;
  const footer = readFooter(bytes, ways.formats.crc32c);
  if (typeof footer === 'string') {
    findings.damage('I6', file, footer, endPosition);
    return;
  }
  const said: Partial<Record<string, string | number | boolean>> = { ...facts, reason: reason ?? 'missing' };
  for (const [name, value] of Object.entries(footer)) {
    if (said[name] === value) continue;
    const message = `${name} is ${value} in the footer, ${said[name]} in the manifest`;
    findings.damage('I11', file, message, endPosition);
  }
}

const NO_BYTES = new Uint8Array(0);

/** A rewrite may leave offsets behind the last record that it kept: those are covered, and counted by nobody. */
export function checkCounts(
  findings: Findings,
  about: {
    readonly file: string;
    readonly said: FrameCounts;
    readonly counted: FrameCounts;
    readonly who: string;
  },
): void {
  const { file, said, counted, who } = about;
  for (const name of COUNTED) {
    const agrees = name === 'nextOffset' ? said[name] >= counted[name] : said[name] === counted[name];
    const invariant: InvariantId = name === 'nextOffset' ? 'I2' : 'I11';
    if (!agrees) findings.damage(invariant, file, `${name} is ${counted[name]}, and ${said[name]} to ${who}`);
  }
}

const COUNTED: readonly (keyof FrameCounts)[] = [
  'endPosition',
  'nextOffset',
  'recordCount',
  'minTimestampMs',
  'maxTimestampMs',
  'maxAppendTimeMs',
  'tombstones',
  'framesChecksum',
];

/** A sidecar that reaches beyond the last good frame is not believed, whatever else it says. */
async function indexCheck(
  check: SegmentCheck,
  sizeBytes: number,
): Promise<{ readonly check: IndexCheck; settle(frames: CheckedFrames): void } | undefined> {
  const { segment, findings, point } = check;
  const { facts } = segment;
  const grown = { ...facts, endPosition: Math.max(sizeBytes, point.endPosition) };
  const index = await believedIndex(check, facts.sealed ? facts : grown);
  if (index === undefined) return undefined;
  const file = segmentFile(facts, 'idx');
  const apart = findings.apart();
  const entries = new IndexCheck(file, index, apart);
  const settle = ({ counts, broken }: CheckedFrames): void => {
    const end = facts.sealed ? facts.endPosition : Math.max(counts.endPosition, point.endPosition);
    if (index.coveredUpTo > end) {
      findings.derived(file, NOT_BELIEVED, 40);
      return;
    }
    entries.end(counts.endPosition, broken !== undefined);
    findings.take(apart);
  };
  return { check: entries, settle };
}

const NOT_BELIEVED = 'the index is not believed, and is made anew from the frames';

/** The sidecar of a segment, if there is one that its own bytes vouch for. */
async function believedIndex(
  { directory, findings, ways }: SegmentCheck,
  facts: SegmentFacts,
): Promise<ReturnType<typeof readIndex>> {
  const file = segmentFile(facts, 'idx');
  const bytes = await FileBytes.open(directory, file);
  if (bytes === undefined) {
    findings.note(file, 'no index: it is made from the frames when it is needed');
    return undefined;
  }
  try {
    const readable = bytes.sizeBytes <= MAX_INDEX_BYTES;
    const content = readable ? await bytes.view(0, bytes.sizeBytes) : NO_BYTES;
    const index = readIndex(content, facts, ways.formats.checksums);
    if (index === undefined && content.every((byte) => byte === 0)) {
      findings.leftover(
        file,
        'the index never reached the disk, as a power cut leaves it: it is made anew',
        0,
      );
    } else if (index === undefined) {
      findings.derived(file, NOT_BELIEVED, 0);
    } else if (facts.sealed && index.coveredUpTo < facts.endPosition) {
      findings.note(file, `the index covers ${index.coveredUpTo} of ${facts.endPosition} bytes`);
    }
    return index;
  } finally {
    await bytes.close();
  }
}
