import { FrameHeader, Journal, type SegmentFacts, SlotFile, type StorageDirectory } from '@seglog/core';
import { readFile } from '../simulated/damage.js';
import { SeededRandom } from '../simulated/seeded-random.js';
import type { CheckedFrames } from './check-frames.js';
import { checkCounts, checkSegment, type KnownFormats, segmentFile } from './check-segment.js';
import type { Findings } from './finding.js';
import { foldManifest, type StoredManifest } from './stored-manifest.js';
import { HEADER_BYTES, readHeader } from './stored-segment.js';

const SEGMENT_FILE = /^(\d{20})-([0-9a-f]{16})\.(log|idx)$/;

/** Whether a directory is, or was, the home of a log. */
export async function holdsLog(directory: StorageDirectory): Promise<boolean> {
  const entries = await directory.list();
  return entries.some(({ name }) => /^(?:CURRENT|MANIFEST-\d+)$/.test(name) || SEGMENT_FILE.test(name));
}

/** Checks one log: its manifest against its files, and every byte that the manifest vouches for. */
export async function checkLog(
  directory: StorageDirectory,
  formats: KnownFormats,
  findings: Findings,
): Promise<void> {
  findings.counts.logs += 1;
  const manifest = await readManifest(directory, formats, findings);
  if (manifest === undefined) return;
  checkRow(manifest, findings);
  let minEpoch = 0;
  for (const segment of manifest.segments) {
    const { logId, point } = manifest;
    const frames = await checkSegment({ directory, formats, findings, logId, segment, point, minEpoch });
    minEpoch = frames?.lastEpoch ?? minEpoch;
    if (segment.facts.sealed || frames === undefined) continue;
    const mark = await watermarkOf(directory, manifest, formats);
    await checkTail({ directory, findings, manifest, frames, mark });
  }
  await checkNames({ directory, formats, manifest, findings });
}

async function readManifest(
  directory: StorageDirectory,
  { crc32c }: KnownFormats,
  findings: Findings,
): Promise<StoredManifest | undefined> {
  const options = { prefix: 'MANIFEST', checksum: crc32c, random: new SeededRandom(0), readOnly: true };
  try {
    const { journal, edits, tornBytes } = await Journal.open(directory, options);
    await journal.close();
    if (tornBytes > 0) findings.leftover('CURRENT', `${tornBytes} torn bytes at the end of the manifest`);
    const manifest = foldManifest(edits.flat());
    if (typeof manifest !== 'string') return manifest;
    findings.add('I11', 'CURRENT', manifest);
  } catch (error) {
    findings.add('I11', 'CURRENT', error instanceof Error ? error.message : String(error));
  }
  return undefined;
}

/** Segments ascend without overlap, the last one is active, marks and gaps lie inside. */
function checkRow({ segments, point, gaps, logStart }: StoredManifest, findings: Findings): void {
  let end = 0;
  segments.forEach(({ facts }, i) => {
    const file = segmentFile(facts);
    if (facts.baseOffset < end) findings.add('I2', file, 'the segment overlaps the one before it');
    if (facts.sealed === (i === segments.length - 1))
      findings.add('I11', file, 'the last segment is active, and no other');
    end = facts.nextOffset;
  });
  const active = segments.at(-1);
  if (point.id !== active?.facts.id)
    findings.add('I11', 'CURRENT', 'the recovery point is not in the active segment');
  if (!(Number.isSafeInteger(logStart) && logStart >= 0))
    findings.add('I11', 'CURRENT', `the log starts at ${logStart}`);
  for (const { from, to } of gaps)
    if (!(from < to)) findings.add('I11', 'CURRENT', `a gap goes from ${from} to ${to}`);
}

/** `durable` of the watermark, if it speaks of this log as it is. */
async function watermarkOf(
  directory: StorageDirectory,
  { point, epoch }: StoredManifest,
  { crc32c }: KnownFormats,
): Promise<number> {
  const { value } = await SlotFile.read(directory, 'MARK', crc32c);
  const mark = (value ?? {}) as Partial<Record<'segmentId' | 'epoch' | 'durable', unknown>>;
  const ours = mark.segmentId === point.id && Number(mark.epoch) >= epoch;
  return ours ? Number(mark.durable) : 0;
}

interface Tail {
  readonly directory: StorageDirectory;
  readonly findings: Findings;
  readonly manifest: StoredManifest;
  readonly frames: CheckedFrames;
  readonly mark: number;
}

/** The end of the log holds all that anything says to be durable; what follows may be torn (I9). */
async function checkTail({ directory, findings, manifest, frames, mark }: Tail): Promise<void> {
  const { point, logStart } = manifest;
  const file = segmentFile(point);
  const { counts, broken, stableUpTo } = frames;
  checkPoint(point, frames, findings);
  const end = Math.max(counts.nextOffset, counts.endPosition === point.endPosition ? point.nextOffset : 0);
  if (mark > end) findings.add('I1', file, `the log ends at ${end} and was durable up to ${mark}`);
  if (stableUpTo > end) findings.add('I1', file, `the log ends at ${end}, a frame knew ${stableUpTo} synced`);
  if (logStart > Math.max(end, point.nextOffset))
    findings.add('I11', 'CURRENT', `the log starts at ${logStart} and ends at ${end}`);
  if (broken === undefined) return;
  const sizeBytes = (await directory.sizeOf(file)) ?? 0;
  findings.leftover(file, `${broken}: ${sizeBytes - counts.endPosition} bytes at the end`);
}

/** What the manifest says of the growing segment is what its frames say. */
function checkPoint(point: SegmentFacts, { frames, counts }: CheckedFrames, findings: Findings): void {
  const file = segmentFile(point);
  if (point.endPosition === point.firstPosition) return;
  const at = frames.find((frame) => frame.counts.endPosition === point.endPosition);
  if (at !== undefined) {
    checkCounts(findings, { file, said: point, counted: at.counts, who: 'the recovery point' });
  } else {
    const message = `no frame ends at the recovery point ${point.endPosition}`;
    findings.add(counts.endPosition < point.endPosition ? 'I1' : 'I11', file, message, counts.endPosition);
  }
}

/** Files that the manifest does not name are leftovers; links and the like have no place here (I19). */
async function checkNames(about: {
  readonly directory: StorageDirectory;
  readonly formats: KnownFormats;
  readonly manifest: StoredManifest;
  readonly findings: Findings;
}): Promise<void> {
  const { directory, findings, manifest } = about;
  const named = new Set(manifest.segments.map(({ facts }) => facts.id));
  for (const { name, kind } of await directory.list()) {
    if (kind === 'other') findings.add('I19', name, 'it is neither a file nor a directory');
    const id = SEGMENT_FILE.exec(name)?.[2];
    if (name.endsWith('.tmp')) findings.leftover(name, 'a write that was not finished');
    if (id === undefined || named.has(id)) continue;
    if (manifest.retired.has(id)) findings.leftover(name, 'a segment that was removed');
    else if (name.endsWith('.log') && (await continues(directory, name, about)))
      findings.add('I11', name, 'the segment continues the log, and the manifest does not name it');
    else findings.leftover(name, 'the manifest does not name it');
  }
}

/** A segment that follows the active one and holds a frame: the manifest has lost the edit that named it. */
async function continues(
  directory: StorageDirectory,
  name: string,
  { formats, manifest }: { readonly formats: KnownFormats; readonly manifest: StoredManifest },
): Promise<boolean> {
  const bytes = await readFile(directory, name);
  const header = readHeader(bytes.subarray(0, HEADER_BYTES), formats.crc32c);
  if (typeof header === 'string' || header.logId !== manifest.logId) return false;
  const checksum = formats.checksums.get(header.checksumId);
  const codec = formats.codecs.get(header.codecId);
  if (checksum === undefined || codec === undefined || header.predecessorId !== manifest.point.id)
    return false;
  const frames = codec.forSegment({ ...header, logId: header.logIdBytes, checksum });
  const frame = new FrameHeader();
  return (
    frames.peek(bytes, HEADER_BYTES, bytes.length, frame) === 'frame' &&
    frames.verify(bytes, HEADER_BYTES, frame)
  );
}
