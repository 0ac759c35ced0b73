import type { SegmentFacts } from '../contract/segment-facts.js';
import type { StorageDirectory } from '../contract/storage-directory.js';
import { FrameScan } from '../segment/frame-scan.js';
import type { CheckedFrames } from './check-frames.js';
import { type CheckWays, checkSegment, segmentFile } from './check-segment.js';
import type { Findings } from './finding.js';
import { emptyFacts, type StoredManifest, type StoredSegment } from './stored-manifest.js';
import { FOOTER_BYTES, HEADER_BYTES, readFooter, readHeader } from './stored-segment.js';

export interface SuccessorsCheck {
  readonly directory: StorageDirectory;
  readonly ways: CheckWays;
  readonly manifest: StoredManifest;
  readonly findings: Findings;
}

export interface CheckedSuccessors {
  /** Of the segments that were looked into. */
  readonly ids: ReadonlySet<string>;
  readonly lastEpoch: number;
}

/**
 * Checks the segments behind the active one that the manifest does not name: they took appends while the one before them had
 * yet to be sealed. They are part of the log as far as nothing is missing before them. One that was sealed, or that starts
 * where there are records, the manifest must have known (I11); nothing is missing that a later frame knew to be synced (I1).
 */
export async function checkSuccessors(
  about: SuccessorsCheck,
  active: CheckedFrames,
): Promise<CheckedSuccessors> {
  const { directory, ways, findings, manifest } = about;
  const { logId } = manifest;
  const ids = new Set<string>();
  let { lastEpoch } = active;
  let end = active.counts.nextOffset;
  for (let before = manifest.point.id; ; ) {
    const next = await successorOf(before, ids, about);
    if (next === undefined) return { ids, lastEpoch };
    const { facts } = next.segment;
    const file = segmentFile(facts);
    ids.add(facts.id);
    before = facts.id;
    if (next.sealed || facts.baseOffset < end) {
      findings.damage('I11', file, 'the segment continues the log, and the manifest does not name it');
      continue;
    }
    const lost = facts.baseOffset > end;
    const found = lost ? findings.apart() : findings;
    const frames = await checkSegment({
      directory,
      ways,
      findings: found,
      logId,
      segment: next.segment,
      point: facts,
      minEpoch: lost ? 0 : lastEpoch,
    });
    if (frames === undefined) continue;
    const { counts, broken, stableUpTo } = frames;
    const reached = lost ? end : counts.nextOffset;
    if (stableUpTo > reached)
      findings.damage('I1', file, `the log ends at offset ${reached}, a frame knew ${stableUpTo} synced`);
    if (lost) {
      findings.leftover(file, `it starts at offset ${facts.baseOffset}, and the log ends at ${end}`);
      continue;
    }
    findings.leftover(file, 'appends went on in it while the segment before it had yet to be sealed');
    if (broken !== undefined)
      findings.leftover(file, `bytes behind the last good frame: ${broken}`, counts.endPosition);
    end = counts.nextOffset;
    lastEpoch = frames.lastEpoch;
  }
}

interface Successor {
  readonly segment: StoredSegment;
  readonly sealed: boolean;
}

const SEGMENT_FILE = /^\d{20}-([0-9a-f]{16})\.log$/;

/** The segment that says that it follows `before` and holds a frame. */
async function successorOf(
  before: string,
  seen: ReadonlySet<string>,
  { directory, ways, manifest }: SuccessorsCheck,
): Promise<Successor | undefined> {
  const named = new Set(manifest.segments.map(({ facts }) => facts.id));
  for (const { name } of await directory.list()) {
    const id = SEGMENT_FILE.exec(name)?.[1];
    if (id === undefined || named.has(id) || manifest.retired.has(id) || seen.has(id)) continue;
    const found = await lookInto(name, { directory, ways, logId: manifest.logId });
    if (found?.segment.predecessorId === before && found.segment.facts.id === id) return found;
  }
  return undefined;
}

async function lookInto(
  name: string,
  { directory, ways, logId }: Pick<SuccessorsCheck, 'directory' | 'ways'> & { readonly logId: string },
): Promise<Successor | undefined> {
  const { crc32c, checksums, codecs } = ways.formats;
  const sizeBytes = (await directory.sizeOf(name)) ?? 0;
  const reader = await directory.openReader(name, { sealed: false, writtenBytes: () => sizeBytes });
  try {
    const header = readHeader(await reader.read(0, new Uint8Array(HEADER_BYTES)), crc32c);
    if (typeof header === 'string' || header.logId !== logId) return undefined;
    const checksum = checksums.get(header.checksumId);
    const codec = codecs.get(header.codecId);
    if (checksum === undefined || codec === undefined) return undefined;
    const frames = codec.forSegment({ ...header, logId: header.logIdBytes, checksum });
    const scan = new FrameScan(reader, frames, {
      position: HEADER_BYTES,
      endPosition: sizeBytes,
      maxFrameBytes: header.maxFrameBytes,
      scratch: ways.scratch,
    });
    if ((await scan.look()) !== 'frame' || !frames.verify(scan.source, scan.framePosition, scan.header))
      return undefined;
    const { id, baseOffset, createdAtMs, predecessorId } = header;
    const facts: SegmentFacts = emptyFacts({ id, baseOffset, createdAtMs, sealed: false });
    const last = await reader.read(Math.max(0, sizeBytes - FOOTER_BYTES), new Uint8Array(FOOTER_BYTES));
    const footer = readFooter(last, crc32c);
    const sealed = typeof footer !== 'string' && footer.id === id;
    return { segment: { facts, predecessorId, reason: undefined }, sealed };
  } finally {
    await reader.close();
  }
}
