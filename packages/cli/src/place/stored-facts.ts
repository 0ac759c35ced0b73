import {
  crc32c,
  type KnownFormats,
  Log,
  type LogOffsets,
  readStoredManifest,
  SeglogError,
  type StorageDirectory,
  type StoredManifest,
} from '@seglog/core';
import { logComponents } from './log-components.js';
import type { StoreLog } from './store-logs.js';

/** A segment as the manifest and the directory know it. */
export interface SegmentSummary {
  readonly file: string;
  readonly sealed: boolean;
  readonly baseOffset: number;
  readonly nextOffset: number;
  readonly records: number;
  readonly tombstones: number;
  /** Size of the file; undefined when it is not there. */
  readonly fileBytes: number | undefined;
  /** Bytes of frames. */
  readonly frameBytes: number;
  readonly minTimestampMs: number;
  readonly maxTimestampMs: number;
  readonly createdAtMs: number;
  readonly indexed: boolean;
  /** Every record of it was compacted. */
  readonly compacted: boolean;
}

/** A log as it is now, without having been opened for writing. */
export interface LogSummary {
  readonly name: string;
  readonly path: string;
  /** `ok`; or why it cannot be opened. */
  readonly state: string;
  /** What the error says, where `state` is not `ok`. */
  readonly message: string | undefined;
  readonly offsets: LogOffsets | undefined;
  readonly segments: readonly SegmentSummary[];
  readonly records: number;
  /** Of all files of the log's directory. */
  readonly diskBytes: number;
  readonly closedCleanly: boolean;
  /** Offsets between the log start and its end that hold no record. */
  readonly emptyOffsets: number;
  readonly gaps: readonly { readonly from: number; readonly to: number }[];
  /** Of a topic that compacts: the share of its sealed bytes that was never compacted. */
  readonly dirtyRatio: number | undefined;
}

/** What there is to know of a log without reading its records. */
export async function summarize(log: StoreLog, formats: KnownFormats): Promise<LogSummary> {
  const { name, path, directory } = log;
  const nothing = {
    name,
    path,
    offsets: undefined,
    segments: [],
    records: 0,
    diskBytes: 0,
    gaps: [],
    dirtyRatio: undefined,
  };
  if (directory === undefined) {
    const message = 'the catalog names it, and its directory is not there';
    return { ...nothing, state: 'MISSING', message, closedCleanly: false, emptyOffsets: 0 };
  }
  const read = await readStoredManifest(directory, crc32c());
  const diskBytes = await bytesIn(directory);
  if (read.value === undefined) {
    const { message } = read.complaint;
    return {
      ...nothing,
      diskBytes,
      state: 'CORRUPT_METADATA',
      message,
      closedCleanly: false,
      emptyOffsets: 0,
    };
  }
  const manifest = read.value;
  const opened = await marksOf(directory, formats);
  const segments = await segmentsOf(directory, manifest, opened);
  const records = segments.reduce((total, segment) => total + segment.records, 0);
  const { offsets, state, message } = opened;
  const span = offsets === undefined ? 0 : offsets.logEnd - (segments[0]?.baseOffset ?? 0);
  return {
    name,
    path,
    state,
    message,
    offsets,
    segments,
    records,
    diskBytes,
    closedCleanly: manifest.closedEpoch !== undefined && opened.clean,
    emptyOffsets: Math.max(0, span - records),
    gaps: manifest.gaps,
    dirtyRatio: compacts(log) ? dirtyRatio(segments) : undefined,
  };
}

const compacts = ({ topic }: StoreLog): boolean => String(topic?.config['cleanupPolicy']).includes('compact');

function dirtyRatio(segments: readonly SegmentSummary[]): number {
  const sealed = segments.filter((segment) => segment.sealed);
  const bytes = (of: readonly SegmentSummary[]): number =>
    of.reduce((sum, segment) => sum + segment.frameBytes, 0);
  return bytes(sealed.filter(({ compacted }) => !compacted)) / Math.max(1, bytes(sealed));
}

interface Marks {
  readonly state: string;
  readonly message: string | undefined;
  readonly offsets: LogOffsets | undefined;
  readonly clean: boolean;
  /** Of the active segment, up to its last good frame. */
  readonly records: number;
  readonly bytes: number;
}

/** Opens the log as a reader, who repairs nothing. */
async function marksOf(directory: StorageDirectory, formats: KnownFormats): Promise<Marks> {
  const log = new Log(logComponents(directory, formats));
  try {
    const report = await log.open({ readOnly: true });
    const { records, bytes } = log.stats();
    return { state: 'ok', message: undefined, offsets: log.offsets(), clean: report.clean, records, bytes };
  } catch (error) {
    if (!SeglogError.is(error)) throw error;
    const { code, message } = error;
    return { state: code, message, offsets: undefined, clean: false, records: 0, bytes: 0 };
  } finally {
    await log.close();
  }
}

async function segmentsOf(
  directory: StorageDirectory,
  { segments }: StoredManifest,
  opened: Marks,
): Promise<readonly SegmentSummary[]> {
  const summaries: SegmentSummary[] = [];
  let [sealedRecords, sealedBytes] = [0, 0];
  for (const { facts, cleaned } of segments) {
    const file = `${String(facts.baseOffset).padStart(20, '0')}-${facts.id}.log`;
    const live = !facts.sealed && opened.offsets !== undefined;
    const records = live ? opened.records - sealedRecords : facts.recordCount;
    const frameBytes = live ? opened.bytes - sealedBytes : facts.endPosition - facts.firstPosition;
    sealedRecords += records;
    sealedBytes += frameBytes;
    summaries.push({
      file,
      sealed: facts.sealed,
      baseOffset: facts.baseOffset,
      nextOffset: live ? (opened.offsets?.logEnd ?? facts.nextOffset) : facts.nextOffset,
      records,
      tombstones: facts.tombstones,
      fileBytes: await directory.sizeOf(file),
      frameBytes,
      minTimestampMs: facts.minTimestampMs,
      maxTimestampMs: facts.maxTimestampMs,
      createdAtMs: facts.createdAtMs,
      compacted: cleaned !== undefined && cleaned.upTo >= facts.nextOffset,
      indexed: (await directory.sizeOf(file.replace(/log$/, 'idx'))) !== undefined,
    });
  }
  return summaries;
}

async function bytesIn(directory: StorageDirectory): Promise<number> {
  let total = 0;
  for (const { name, kind } of await directory.list()) {
    if (kind === 'file') total += (await directory.sizeOf(name)) ?? 0;
  }
  return total;
}
