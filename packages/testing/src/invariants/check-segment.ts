import type { Checksum, FrameCodec, SegmentFacts, StorageDirectory } from '@seglog/core';
import { readFile } from '../simulated/damage.js';
import { type CheckedFrames, checkFrames, type FrameCounts } from './check-frames.js';
import type { Findings, InvariantId } from './finding.js';
import { readIndex, type StoredIndexEntry } from './stored-index.js';
import type { StoredSegment } from './stored-manifest.js';
import { FOOTER_BYTES, HEADER_BYTES, readFooter, readHeader, type StoredHeader } from './stored-segment.js';

/** What the frames of a store may be read with, by their ids. */
export interface KnownFormats {
  readonly codecs: ReadonlyMap<number, FrameCodec>;
  readonly checksums: ReadonlyMap<number, Checksum>;
  /** Guards headers, footers and metadata. */
  readonly crc32c: Checksum;
}

export interface SegmentCheck {
  readonly directory: StorageDirectory;
  readonly formats: KnownFormats;
  readonly findings: Findings;
  readonly logId: string;
  readonly segment: StoredSegment;
  /** Up to here a growing segment was durable when the manifest said so; a sealed one up to its end. */
  readonly point: SegmentFacts;
  readonly minEpoch: number;
}

/** Undefined where there is nothing to look into. */
export async function checkSegment(check: SegmentCheck): Promise<CheckedFrames | undefined> {
  const { directory, findings, segment, formats } = check;
  const file = segmentFile(segment.facts);
  const sizeBytes = await directory.sizeOf(file);
  if (sizeBytes === undefined) {
    findings.add('I11', file, 'the manifest names a segment that is not there');
    return undefined;
  }
  const bytes = await readFile(directory, file);
  findings.counts.segments += 1;
  const header = readHeader(bytes.subarray(0, HEADER_BYTES), formats.crc32c);
  if (typeof header === 'string') {
    findings.add('I6', file, header, 0);
    return undefined;
  }
  checkHeader(check, file, header);
  const codec = formats.codecs.get(header.codecId);
  const checksum = formats.checksums.get(header.checksumId);
  if (codec === undefined || checksum === undefined) {
    findings.add('I6', file, `codec ${header.codecId} or checksum ${header.checksumId} is not known`, 12);
    return undefined;
  }
  const { facts } = segment;
  const { logIdBytes: logId, salt, maxFrameBytes } = header;
  const frames = checkFrames(
    {
      file,
      bytes,
      endPosition: facts.sealed ? facts.endPosition : bytes.length,
      facts,
      codec: codec.forSegment({ logId, salt, checksum, maxFrameBytes }),
      checksum,
      minEpoch: check.minEpoch,
    },
    findings,
  );
  if (facts.sealed) checkSealed(check, file, { bytes, frames });
  await checkIndex(check, frames);
  return frames;
}

/** Name of a segment's file; with `idx` of its sidecar. */
export function segmentFile({ baseOffset, id }: SegmentFacts, ending: 'log' | 'idx' = 'log'): string {
  return `${String(baseOffset).padStart(20, '0')}-${id}.${ending}`;
}

function checkHeader({ findings, logId, segment }: SegmentCheck, file: string, header: StoredHeader): void {
  const { facts, predecessorId } = segment;
  const say = (what: string): void => findings.add('I11', file, `the header has another ${what}`, 0);
  if (header.logId !== logId) say('log id than the manifest');
  if (header.id !== facts.id) say('segment id than its name');
  if (header.baseOffset !== facts.baseOffset) say('base offset than the manifest');
  if (header.createdAtMs !== facts.createdAtMs) say('time of creation than the manifest');
  if (header.predecessorId !== predecessorId) say('predecessor than the manifest');
}

function checkSealed(
  { findings, segment, formats }: SegmentCheck,
  file: string,
  { bytes, frames }: { readonly bytes: Uint8Array; readonly frames: CheckedFrames },
): void {
  const { facts, reason } = segment;
  const { endPosition } = facts;
  if (frames.broken !== undefined) findings.add('I6', file, frames.broken, frames.counts.endPosition);
  else checkCounts(findings, { file, said: facts, counted: frames.counts, who: 'the manifest' });
  if (bytes.length !== endPosition + FOOTER_BYTES) {
    findings.add('I11', file, `the file is not ${endPosition + FOOTER_BYTES} bytes long`, bytes.length);
  }
  const footer = readFooter(bytes.subarray(endPosition, endPosition + FOOTER_BYTES), formats.crc32c);
  if (typeof footer === 'string') {
    findings.add('I6', file, footer, endPosition);
    return;
  }
  const said: Partial<Record<string, string | number | boolean>> = { ...facts, reason: reason ?? 'missing' };
  for (const [name, value] of Object.entries(footer)) {
    if (said[name] === value) continue;
    findings.add(
      'I11',
      file,
      `${name} is ${value} in the footer, ${said[name]} in the manifest`,
      endPosition,
    );
  }
}

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
  for (const name of Object.keys(counted) as (keyof FrameCounts)[]) {
    const agrees = name === 'nextOffset' ? said[name] >= counted[name] : said[name] === counted[name];
    const invariant: InvariantId = name === 'nextOffset' ? 'I2' : 'I11';
    if (!agrees) findings.add(invariant, file, `${name} is ${counted[name]}, and ${said[name]} to ${who}`);
  }
}

async function checkIndex(check: SegmentCheck, { frames, counts }: CheckedFrames): Promise<void> {
  const { directory, findings, segment, formats } = check;
  const file = segmentFile(segment.facts, 'idx');
  if ((await directory.sizeOf(file)) === undefined) return;
  const { sealed } = segment.facts;
  const grown = counts.endPosition > check.point.endPosition ? counts : check.point;
  const facts = sealed ? segment.facts : { ...segment.facts, ...grown, sealed };
  const index = readIndex(await readFile(directory, file), facts, formats.checksums);
  if (index === undefined) {
    findings.leftover(file, 'an index that is not believed, and made anew');
    return;
  }
  const byPosition = new Map(frames.map((frame) => [frame.position, frame]));
  let before: StoredIndexEntry = { offset: -1, position: -1, maxTimestampMs: -1 };
  for (const entry of index.entries) {
    // Of frames that cannot be read nobody knows where they start.
    if (entry.position >= counts.endPosition) return;
    const frame = byPosition.get(entry.position);
    const right =
      frame?.baseOffset === entry.offset &&
      frame.maxTimestampBefore === entry.maxTimestampMs &&
      entry.offset > before.offset &&
      entry.position > before.position &&
      entry.position < index.coveredUpTo;
    if (!right) findings.add('I10', file, `an entry for offset ${entry.offset} is wrong`, entry.position);
    before = entry;
  }
}
