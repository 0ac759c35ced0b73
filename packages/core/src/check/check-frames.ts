import type { Checksum } from '../contract/checksum.js';
import type { FrameCursor, FrameHeader, SegmentCodec } from '../contract/frame-codec.js';
import type { SegmentFacts } from '../contract/segment-facts.js';
import type { SegmentReader } from '../contract/segment-reader.js';
import { lookBeyond } from '../log/life-beyond.js';
import { FrameScan } from '../segment/frame-scan.js';
import { SegmentCounts } from '../segment/segment-counts.js';
import type { Findings } from './finding.js';
import type { IndexCheck } from './index-check.js';

export interface FramesInput {
  readonly file: string;
  readonly reader: SegmentReader;
  /** Frames lie below. */
  readonly endPosition: number;
  /** Where to start, and what was counted up to there. */
  readonly from: SegmentFacts;
  /** A growing segment up to where it was durable when the manifest said so. */
  readonly point: SegmentFacts;
  readonly codec: SegmentCodec;
  readonly maxFrameBytes: number;
  readonly checksum: Checksum;
  /** No frame has a lower epoch: that of the last frame of the segment before. */
  readonly minEpoch: number;
  /** What the sidecar says, held against each frame as it passes. */
  readonly index: IndexCheck | undefined;
  readonly scratch: Uint8Array;
  readonly onProgress: (bytes: number) => void;
}

export type FrameCounts = Pick<
  SegmentFacts,
  | 'endPosition'
  | 'nextOffset'
  | 'recordCount'
  | 'minTimestampMs'
  | 'maxTimestampMs'
  | 'maxAppendTimeMs'
  | 'tombstones'
  | 'framesChecksum'
>;

export interface CheckedFrames {
  readonly counts: FrameCounts;
  /** The counts where a frame ended at the recovery point; undefined if none did. */
  readonly atPoint: FrameCounts | undefined;
  readonly lastEpoch: number;
  /** Highest `stableUpTo` of any frame, of those included that still verify behind a bad place. */
  readonly stableUpTo: number;
  /** Some frame carries the stamp of a producer. */
  readonly stamped: boolean;
  /** Why reading ended before `endPosition`; undefined at the end. */
  readonly broken: string | undefined;
}

/** How many frames lie between two reports of progress. */
const PROGRESS_FRAMES = 256;

/** Verifies every frame and every record of a segment, one chunk of it in memory, and counts them anew. */
export async function checkFrames(input: FramesInput, findings: Findings): Promise<CheckedFrames> {
  const { codec, checksum, from, index } = input;
  const { headerBytes } = codec;
  const counts = SegmentCounts.from(from);
  const cursor = codec.createCursor();
  const scan = new FrameScan(input.reader, codec, { ...input, position: from.endPosition });
  const { header } = scan;
  const progress = new Steps(from.endPosition, input.onProgress);
  let atPoint = atRecoveryPoint(counts, input);
  let lastEpoch = input.minEpoch;
  let stableUpTo = 0;
  let stamped = false;
  let broken: string | undefined;
  while (counts.endPosition < input.endPosition) {
    const looked = scan.look();
    const status = typeof looked === 'string' ? looked : await looked;
    const { source, framePosition: position } = scan;
    if (status !== 'frame') broken = `the bytes there are ${status}, not a frame`;
    else if (!codec.verify(source, position, header)) broken = 'the frame there does not verify';
    else broken = sequel(header, counts, lastEpoch);
    if (broken !== undefined) break;
    index?.frame(counts.endPosition, header.baseOffset, counts.maxTimestampMs);
    checkRecords({ cursor, source, position }, header, { findings, file: input.file, counts });
    counts.add(header, checksum, source, { position, headerBytes });
    atPoint ??= atRecoveryPoint(counts, input);
    lastEpoch = header.epoch;
    stamped ||= header.hasProducer;
    stableUpTo = Math.max(stableUpTo, header.stableUpTo);
    findings.counts.records += header.count;
    findings.counts.frames += 1;
    if (findings.counts.frames % PROGRESS_FRAMES === 0) progress.reached(counts.endPosition);
    scan.advance();
  }
  findings.counts.bytes += counts.endPosition - from.endPosition;
  progress.reached(counts.endPosition);
  const beyond = broken === undefined ? undefined : await beyondDamage(input, counts, lastEpoch);
  if (beyond !== undefined) {
    stableUpTo = Math.max(stableUpTo, beyond.stableUpTo);
    broken = `${broken}${beyond.words}`;
  }
  return { counts, atPoint, lastEpoch, stableUpTo, stamped, broken };
}

/** Turns positions into steps. */
class Steps {
  readonly #report: (bytes: number) => void;
  #last: number;

  public constructor(start: number, report: (bytes: number) => void) {
    this.#report = report;
    this.#last = start;
  }

  public reached(position: number): void {
    this.#report(position - this.#last);
    this.#last = position;
  }
}

function atRecoveryPoint(counts: SegmentCounts, { point }: FramesInput): FrameCounts | undefined {
  return counts.endPosition === point.endPosition ? counts.facts(point, point) : undefined;
}

/** Offsets go up (I2), epochs never fall (I5). */
function sequel(header: FrameHeader, { nextOffset }: SegmentCounts, lastEpoch: number): string | undefined {
  const { baseOffset, epoch } = header;
  if (baseOffset < nextOffset)
    return `the frame there has offset ${baseOffset}, which follows ${nextOffset - 1}`;
  return epoch < lastEpoch ? `the frame there has epoch ${epoch}, which follows ${lastEpoch}` : undefined;
}

/** What frames behind the end of the good ones know to be synced, and which they are. */
async function beyondDamage(
  input: FramesInput,
  { endPosition, nextOffset }: SegmentCounts,
  minEpoch: number,
): Promise<{ readonly stableUpTo: number; readonly words: string }> {
  const { frames, stableUpTo } = await lookBeyond({
    ...input,
    position: endPosition,
    sizeBytes: input.endPosition,
    nextOffset,
    minEpoch,
  });
  const [first] = frames;
  const last = frames.at(-1);
  if (first === undefined || last === undefined) return { stableUpTo, words: '' };
  const words = `; ${frames.length} whole frames follow, offsets ${first.baseOffset} to ${last.lastOffset}`;
  return { stableUpTo, words };
}

/** A frame whose checksums hold decodes to exactly what its header says: anything else is a bug of a writer. */
function checkRecords(
  at: { readonly cursor: FrameCursor; readonly source: Uint8Array; readonly position: number },
  header: FrameHeader,
  about: { readonly findings: Findings; readonly file: string; readonly counts: SegmentCounts },
): void {
  const { cursor } = at;
  cursor.load(at.source, at.position, header);
  let count = 0;
  let tombstones = 0;
  let last = header.baseOffset - 1;
  let low = Number.POSITIVE_INFINITY;
  let high = -1;
  while (cursor.next()) {
    const { offset, timestampMs } = cursor;
    count += 1;
    if (cursor.valueBytes < 0) tombstones += 1;
    if (offset <= last) disorder(about, `offset ${offset} follows ${last}`);
    last = offset;
    if (timestampMs < low) low = timestampMs;
    if (timestampMs > high) high = timestampMs;
  }
  const agrees =
    !cursor.malformed &&
    count === header.count &&
    tombstones === header.tombstones &&
    last === header.lastOffset &&
    low === header.minTimestampMs &&
    high === header.maxTimestampMs;
  if (agrees) return;
  const { findings, file, counts } = about;
  findings.damage('I6', file, 'the records of a frame are not what its header says', counts.endPosition);
}

function disorder(
  {
    findings,
    file,
    counts,
  }: { readonly findings: Findings; readonly file: string; readonly counts: SegmentCounts },
  message: string,
): void {
  findings.damage('I2', file, message, counts.endPosition);
}
