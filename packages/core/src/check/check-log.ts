import type { SegmentFacts } from '../contract/segment-facts.js';
import type { StorageDirectory } from '../contract/storage-directory.js';
import { SlotFile } from '../journal/slot-file.js';
import type { CheckedFrames } from './check-frames.js';
import { checkProducers } from './check-producers.js';
import { type CheckWays, checkCounts, checkSegment, segmentFile } from './check-segment.js';
import { checkSuccessors } from './check-successors.js';
import type { Findings } from './finding.js';
import { manifestOf } from './stored-log.js';
import type { StoredManifest } from './stored-manifest.js';
import { hasEmptySlot } from './stored-slots.js';

const SEGMENT_FILE = /^(\d{20})-([0-9a-f]{16})\.(log|idx)$/;
const MANIFEST_FILE = /^MANIFEST-\d+$/;

/** Whether a directory is, or was, the home of a log. */
export async function holdsLog(directory: StorageDirectory): Promise<boolean> {
  const entries = await directory.list();
  return entries.some(
    ({ name }) => name === 'CURRENT' || MANIFEST_FILE.test(name) || SEGMENT_FILE.test(name),
  );
}

/** What the session says of the writer that was there last. */
export interface LastWriter {
  /** Its epoch, if it closed the store cleanly. */
  readonly cleanEpoch: number | undefined;
}

/** Checks one log, manifest against files, and returns the highest epoch of its frames. */
export async function checkLog(
  directory: StorageDirectory,
  ways: CheckWays,
  findings: Findings,
  writer: LastWriter,
): Promise<number> {
  findings.counts.logs += 1;
  const mark = await readMark(directory, ways, findings);
  const found = await manifestOf(directory, ways.formats.crc32c, findings);
  if (found === undefined) return 0;
  const { value: manifest, journal } = found;
  checkRow(manifest, journal, findings);
  let minEpoch = 0;
  let successors: ReadonlySet<string> = new Set();
  for (const segment of manifest.segments) {
    const { logId, point } = manifest;
    const frames = await checkSegment({ directory, ways, findings, logId, segment, point, minEpoch });
    minEpoch = frames?.lastEpoch ?? minEpoch;
    if (frames?.stamped === true && !manifest.producers)
      findings.damage(
        'I11',
        journal,
        'frames carry stamps of producers, and the manifest has lost the edit that says so',
      );
    if (segment.facts.sealed || frames === undefined) continue;
    const durable = marked(mark, manifest);
    await checkTail({ directory, findings, manifest, frames, durable, journal });
    const behind = await checkSuccessors({ directory, ways, manifest, findings }, frames);
    minEpoch = behind.lastEpoch;
    successors = behind.ids;
  }
  if (minEpoch > 0 && minEpoch === writer.cleanEpoch && manifest.closedEpoch === undefined)
    findings.damage(
      'I11',
      journal,
      'the writer closed the store, and the manifest has lost the edit that says so',
    );
  if (mark.durable === undefined && (manifest.segments.length > 1 || manifest.point.recordCount > 0))
    findings.note('MARK', 'no watermark: without it, damage near the end of the log looks like a torn tail');
  await checkNames({ directory, manifest, findings, journal, successors });
  await checkProducers(directory, { ways, manifest, findings });
  return minEpoch;
}

/** Segments ascend without overlap, the last one is active, marks and gaps lie inside. */
function checkRow(
  { segments, point, gaps, logStart }: StoredManifest,
  journal: string,
  findings: Findings,
): void {
  let end = 0;
  segments.forEach(({ facts }, i) => {
    const file = segmentFile(facts);
    if (facts.baseOffset < end) findings.damage('I2', file, 'the segment overlaps the one before it');
    if (facts.sealed === (i === segments.length - 1))
      findings.damage('I11', file, 'the last segment is active, and no other');
    end = facts.nextOffset;
  });
  const active = segments.at(-1);
  if (point.id !== active?.facts.id)
    findings.damage('I11', journal, 'the recovery point is not in the active segment');
  if (!(Number.isSafeInteger(logStart) && logStart >= 0))
    findings.damage('I11', journal, `the log starts at ${logStart}`);
  for (const { from, to } of gaps) {
    if (!(from < to)) findings.damage('I11', journal, `a gap goes from ${from} to ${to}`);
    else
      findings.note(journal, `offsets ${from} to ${to - 1} were lost to damage, and given up by a salvage`);
  }
}

type Mark = Partial<Record<'segmentId' | 'epoch' | 'durable', unknown>>;

/** Read before anything else: beside a writer it must not speak of records that are looked for too early. */
async function readMark(directory: StorageDirectory, ways: CheckWays, findings: Findings): Promise<Mark> {
  const { value, damaged, generation } = await SlotFile.read(directory, 'MARK', ways.formats.crc32c);
  if (damaged > 0) findings.derived('MARK', `${damaged} of the two slots of the watermark cannot be read`, 0);
  // The first write fills one slot, the second one the other.
  else if (generation > 1 && (await hasEmptySlot(directory, 'MARK')))
    findings.note('MARK', 'one of the two slots of the watermark is empty: the other one is older');
  const mark: Mark = value !== null && typeof value === 'object' ? value : {};
  const whole =
    value === undefined ||
    (typeof mark.segmentId === 'string' &&
      Number.isSafeInteger(mark.epoch) &&
      Number.isSafeInteger(mark.durable));
  if (!whole) findings.derived('MARK', 'what stands there is no watermark', 0);
  return mark;
}

/** `durable` of the watermark, if it speaks of this log as it is. */
function marked(mark: Mark, { point, epoch }: StoredManifest): number {
  const ours = mark.segmentId === point.id && Number(mark.epoch) >= epoch;
  return ours ? Number(mark.durable) : 0;
}

interface Tail {
  readonly directory: StorageDirectory;
  readonly findings: Findings;
  readonly manifest: StoredManifest;
  readonly frames: CheckedFrames;
  readonly durable: number;
  readonly journal: string;
}

/** The end of the log holds all that anything says to be durable; what follows may be torn (I9). */
async function checkTail(tail: Tail): Promise<void> {
  const { directory, findings, manifest, frames, durable, journal } = tail;
  const { point, logStart } = manifest;
  const file = segmentFile(point);
  const { counts, broken, stableUpTo } = frames;
  checkPoint(point, frames, findings);
  const end = Math.max(counts.nextOffset, counts.endPosition === point.endPosition ? point.nextOffset : 0);
  const place = counts.endPosition;
  if (durable > end)
    findings.damage('I1', file, `the log ends at offset ${end} and was durable up to ${durable}`, place);
  if (stableUpTo > end)
    findings.damage('I1', file, `the log ends at offset ${end}, a frame knew ${stableUpTo} synced`, place);
  if (logStart > Math.max(end, point.nextOffset))
    findings.damage('I11', journal, `the log starts at ${logStart} and ends at ${end}`);
  if (broken === undefined) return;
  const bytes = ((await directory.sizeOf(file)) ?? 0) - place;
  findings.leftover(file, `${bytes} bytes behind the last good frame: ${broken}`, place);
}

/** What the manifest says of the growing segment is what its frames say. */
function checkPoint(point: SegmentFacts, { atPoint, counts }: CheckedFrames, findings: Findings): void {
  const file = segmentFile(point);
  if (point.endPosition === point.firstPosition) return;
  if (atPoint !== undefined) {
    checkCounts(findings, { file, said: point, counted: atPoint, who: 'the recovery point' });
  } else {
    const message = `no frame ends at the recovery point ${point.endPosition}`;
    const invariant = counts.endPosition < point.endPosition ? 'I1' : 'I11';
    findings.damage(invariant, file, message, counts.endPosition);
  }
}

interface NamesCheck {
  readonly directory: StorageDirectory;
  readonly manifest: StoredManifest;
  readonly findings: Findings;
  readonly journal: string;
  /** Ids of segments that have been looked into already. */
  readonly successors: ReadonlySet<string>;
}

/** Files that the manifest does not name are leftovers; links and the like have no place here (I19). */
async function checkNames(about: NamesCheck): Promise<void> {
  const { directory, findings, manifest, journal, successors } = about;
  const named = new Set(manifest.segments.map(({ facts }) => facts.id));
  for (const { name, kind } of await directory.list()) {
    if (kind === 'other') findings.damage('I19', name, 'it is neither a file nor a directory');
    const id = SEGMENT_FILE.exec(name)?.[2];
    if (name.endsWith('.tmp')) findings.leftover(name, 'a write that was not finished');
    else if (MANIFEST_FILE.test(name) && name !== journal)
      findings.note(name, 'CURRENT names another manifest');
    else if (kind === 'directory' && QUARANTINE.test(name))
      findings.note(name, 'copies of bytes that a recovery cut');
    else if (id === undefined && !OURS.test(name) && kind !== 'other')
      findings.note(name, 'not a file of ours: left alone');
    if (id === undefined || named.has(id) || successors.has(id)) continue;
    if (manifest.retired.has(id)) findings.leftover(name, 'a segment that was removed');
    else findings.leftover(name, 'the manifest does not name it');
  }
}

const QUARANTINE = /^quarantine(?:-\d+)?$/;
const OURS = /^(?:CURRENT|MANIFEST-\d+|MARK|LOCK|SESSION|\d{20}\.producers)$/;
