import { SeglogError } from '../contract/error.js';
import type { LogStats } from '../contract/partition-log.js';
import type { RecoveryReport } from '../contract/recovery-report.js';
import type { SegmentFacts } from '../contract/segment-facts.js';
import { ProducerState } from '../producer/producer-state.js';
import { toHex } from '../segment/hex.js';
import { Segment } from '../segment/segment.js';
import type { SegmentContext } from '../segment/segment-context.js';
import { segmentFileName } from '../segment/segment-name.js';
import { SegmentSet } from '../segment/segment-set.js';
import type { LogComponents } from './log-components.js';
import { closedError, OffsetMarks } from './log-offsets.js';
import { LogReader, type LogReaderContext } from './log-reader.js';
import type { LogSettings } from './log-settings.js';
import { LogTail } from './log-tail.js';
import type { WalkContext } from './log-walk.js';
import { makeSyncPolicy } from './made-parts.js';
import { firstEdits, type Manifest, type OffsetRange } from './manifest.js';
import { ManifestFile } from './manifest-file.js';
import { quiet } from './quiet-observer.js';
import { ReadOnlyDirectory } from './read-only-directory.js';
import { type RecoveredLog, recover } from './recovery.js';
import { releaseAll } from './release-all.js';
import { RetiredFiles } from './retired-files.js';
import type { SegmentFactory } from './segment-factory.js';
import { segmentContext, segmentFactory } from './segment-parts.js';
import { storedSegments } from './stored-segments.js';
import { SyncLatency } from './sync-latency.js';
import { Truncations } from './truncations.js';
import { WriteSide } from './write-side.js';

/** A log that has been recovered: what the facade hands its calls to. */
export interface OpenLog {
  readonly report: RecoveryReport;
  readonly marks: OffsetMarks;
  readonly reader: LogReader;
  readonly truncations: Truncations;
  /** Absent when nothing may be written. */
  readonly writer: WriteSide | undefined;
  stats(): LogStats;
  close(): Promise<void>;
}

interface Given {
  readonly settings: LogSettings;
  readonly readOnly: boolean;
  readonly manifest: ManifestFile;
}

interface Opening extends Given {
  readonly components: LogComponents;
  readonly segments: SegmentContext;
  readonly factory: SegmentFactory;
  readonly producers: ProducerState;
  readonly retired: RetiredFiles;
  /** Nothing is pinned any more. */
  closed: boolean;
}

/** How often a reader beside a writer that is busy with its segments looks again. */
const MOST_LOOKS = 20;

export async function openLog(
  components: LogComponents,
  settings: LogSettings,
  readOnly: boolean,
): Promise<OpenLog> {
  const directory = readOnly ? new ReadOnlyDirectory(components.directory) : components.directory;
  // Made before anything is written: a policy that is none must not open a log.
  const policy = makeSyncPolicy(components.syncPolicy);
  const observer = quiet(components.observer);
  const guarded = { ...components, directory, observer, syncPolicy: () => policy };
  const started = guarded.clock.monotonicMs();
  for (let look = 1; ; look++) {
    const manifest = await openManifest(guarded, settings, readOnly);
    try {
      const opening = prepare(guarded, { settings, readOnly, manifest });
      const recovered = await recover(opening);
      return await assemble(opening, recovered, guarded.clock.monotonicMs() - started);
    } catch (cause) {
      await manifest.close().catch(() => undefined);
      if (!readOnly || look === MOST_LOOKS || !(await hasMovedOn(guarded, manifest.state))) throw cause;
    }
  }
}

/** A writer beside us has changed its segments since the manifest was read: what did not fit may fit now. */
async function hasMovedOn({ directory, crc32c, random }: LogComponents, seen: Manifest): Promise<boolean> {
  const manifest = await ManifestFile.open({ directory, crc32c, random }, { readOnly: true });
  await manifest.close();
  return JSON.stringify(manifest.state) !== JSON.stringify(seen);
}

async function openManifest(
  components: LogComponents,
  settings: LogSettings,
  readOnly: boolean,
): Promise<ManifestFile> {
  const parts = { directory: components.directory, crc32c: components.crc32c, random: components.random };
  if (await ManifestFile.exists(parts)) return ManifestFile.open(parts, { readOnly });
  if (readOnly) throw new SeglogError('MISSING_SEGMENT', 'there is no log to read', { file: 'CURRENT' });
  await requireNoRecords(components);
  const logId = toHex(components.random.bytes(16));
  const retired = { onIndexRebuilt: () => undefined, onDrained: () => undefined };
  const context = segmentContext(components, settings, { logId, readOnly, ...retired });
  const created = await segmentFactory(components, context).create(0, undefined);
  await created.file.close();
  return ManifestFile.create(parts, firstEdits(logId, created.segment));
}

/** A log without a manifest never held a record; if a segment says otherwise, or starts above 0, the manifest was lost. */
async function requireNoRecords({ directory }: LogComponents): Promise<void> {
  const { withRecords: file, empty } = await storedSegments(directory);
  if (file !== undefined) {
    const sentence = 'there are records and no manifest; restore CURRENT and MANIFEST';
    throw new SeglogError('CORRUPT_METADATA', sentence, { file });
  }
  for (const name of empty) await directory.remove(name);
}

function prepare(components: LogComponents, given: Given): Opening {
  const { settings, readOnly, manifest } = given;
  const { logId } = manifest.state;
  const retired = new RetiredFiles({ components, manifest, delayMs: settings.deleteDelayMs });
  const segments = segmentContext(components, settings, {
    logId,
    readOnly,
    onIndexRebuilt: (facts) =>
      components.observer.observe({
        type: 'index-rebuilt',
        log: components.name,
        segment: facts.id,
        bytes: facts.endPosition - facts.firstPosition,
      }),
    onDrained: (facts) => retired.drained(facts, segments.indexes),
  });
  const factory = segmentFactory(components, segments);
  const producers = new ProducerState({
    maxProducers: settings.maxProducers,
    expiryMs: settings.producerExpiryMs,
  });
  return { components, settings, readOnly, manifest, segments, factory, producers, retired, closed: false };
}

async function assemble(opening: Opening, recovered: RecoveredLog, durationMs: number): Promise<OpenLog> {
  const { components } = opening;
  const acknowledge = components.ahead === undefined ? components.syncPolicy().acknowledge : 'synced';
  const { active, durable, logStart } = recovered;
  const ahead = components.ahead !== undefined;
  const marks = new OffsetMarks(acknowledge, { logStart, durable, logEnd: active.nextOffset }, { ahead });
  const report: RecoveryReport = { ...recovered.report, durationMs, offsets: marks.now };
  const truncations = new Truncations();
  const writing = !opening.readOnly && !recovered.damaged;
  components.frameCache?.forget(segmentFileName(active));
  const side = writing
    ? await writeSide(opening, recovered, { marks, truncations })
    : readSide(opening, recovered);
  opening.segments.scanned.forget();
  const { manifest } = opening;
  const lost = (): readonly OffsetRange[] => [...manifest.state.gaps, ...recovered.lost];
  const reader = logReader(opening, { marks, acknowledge, set: side.set, lost });
  components.observer.observe({ type: 'opened', log: components.name, report });
  return {
    report,
    marks,
    reader,
    truncations,
    writer: side.writer,
    stats: () => stats(opening, side, marks),
    close: () => closeLog(opening, side, marks),
  };
}

function logReader(
  opening: Opening,
  rest: Pick<LogReaderContext, 'marks' | 'acknowledge' | 'set' | 'lost'>,
): LogReader {
  const { components, settings } = opening;
  const log = components.name;
  const walk: WalkContext = {
    buffers: components.readBuffers,
    verify: settings.verify === 'always',
    lenient: settings.onCorruption !== 'fail',
    onDamage: (file, position, offset) =>
      components.observer.observe({ type: 'corruption', log, file, position, offset }),
  };
  const requireOpen = (): void => {
    if (opening.closed) throw closedError();
  };
  return new LogReader({
    ...rest,
    walk,
    points: {
      cache: components.frameCache,
      buffers: components.readBuffers,
      checksum: walk.verify ? components.crc32c : undefined,
      breath: components.breath,
    },
    breath: components.breath,
    requireOpen,
  });
}

function stats({ components }: Opening, { set, writer }: Side, marks: OffsetMarks): LogStats {
  const latency = writer?.latency ?? new SyncLatency();
  return {
    bytes: sum(set(), (facts) => facts.endPosition - facts.firstPosition),
    records: sum(set(), (facts) => facts.recordCount),
    segments: set().segments.length,
    appendedBytes: writer?.counters.appendedBytes ?? 0,
    appendedRecords: writer?.counters.appendedRecords ?? 0,
    syncs: latency.syncs,
    syncLatency: latency.histogram(),
    durableLag: marks.now.logEnd - marks.now.durable,
    queuedBytes: writer?.queuedBytes ?? 0,
    descriptors: components.directory.descriptors,
  };
}

async function closeLog(opening: Opening, side: Side, marks: OffsetMarks): Promise<void> {
  const { components, retired, manifest } = opening;
  let clean = false;
  const settle = async (): Promise<void> => {
    await side.writer?.close();
    clean = true;
  };
  await releaseAll([
    settle,
    () => {
      opening.closed = true;
      marks.end(closedError());
    },
    () => side.close(),
    () => retired.close(),
    () => manifest.close().catch(() => undefined),
    () => components.observer.observe({ type: 'closed', log: components.name, clean }),
  ]);
}

interface Side {
  readonly set: () => SegmentSet;
  readonly writer: WriteSide | undefined;
  readonly close: () => Promise<void>;
}

async function writeSide(
  opening: Opening,
  recovered: RecoveredLog,
  rest: { readonly marks: OffsetMarks; readonly truncations: Truncations },
): Promise<Side> {
  const { components, manifest, factory, segments, settings, producers } = opening;
  const resumed = await factory.resume(recovered.active);
  const { name, directory, observer } = components;
  const tail = new LogTail(
    { name, directory, context: segments, factory, manifest, observer },
    resumed,
    recovered.earlier,
  );
  const epoch = components.epochs?.epoch ?? manifest.state.epoch + 1;
  const parts = { components, settings, tail, manifest, factory, segments, producers, epoch, ...rest };
  const writer = new WriteSide(parts);
  // Frames of another codec, and longer ones, go into a segment that says so.
  const { codecId, maxFrameBytes } = resumed.open;
  if (codecId !== components.codec.id || maxFrameBytes < settings.maxFrameBytes) {
    await writer
      .roll()
      .catch((cause: unknown) =>
        releaseAll([
          () => Promise.reject(cause),
          () => writer.close(),
          () => tail.release(),
          () => opening.retired.close(),
        ]),
      );
  }
  return { set: () => tail.set, writer, close: () => tail.release() };
}

function readSide({ segments }: Opening, recovered: RecoveredLog): Side {
  const set = new SegmentSet([...recovered.earlier, new Segment(segments, recovered.active)]);
  const close = async (): Promise<void> => {
    set.unpin();
    await Promise.all(set.segments.map(({ closed }) => closed));
  };
  return { set: () => set, writer: undefined, close };
}

function sum(set: SegmentSet, of: (facts: SegmentFacts) => number): number {
  return set.segments.reduce((total, segment) => total + of(segment.facts), 0);
}
