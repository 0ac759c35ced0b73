import type { CleanedMark } from '../contract/log-maintenance.js';
import type { RollReason, SegmentFacts, SegmentName } from '../contract/segment-facts.js';
import { SEGMENT_HEADER_BYTES } from '../segment/segment-header.js';
import { segmentFileName } from '../segment/segment-name.js';

/** What a manifest says a log is: the sum of its edits. Immutable. A file belongs to the log only if it is named here. */
export interface Manifest {
  /** 32 hexadecimal digits; every segment carries it. */
  readonly logId: string;
  /** Epoch of the last truncation or salvage; frames of lower epochs at or above the cut are not of this log. */
  readonly epoch: number;
  /** Of the last truncation; 0 when there was none. What was appended before it is durable here, or cut away. */
  readonly cutEpoch: number;
  /** Ascending and without overlap; the last one is active. */
  readonly segments: readonly ManifestSegment[];
  readonly logStart: number;
  /**
   * The active segment up to a position that was durable when this was written, with the counts up to there. Recovery
   * starts here.
   */
  readonly recoveryPoint: SegmentFacts;
  /** Offsets that a salvage had to give up. */
  readonly gaps: readonly OffsetRange[];
  /** Segments that were removed and whose files may still lie about. */
  readonly retired: readonly SegmentName[];
  /** True once a producer's stamp may have been written: only then is producer state looked for. */
  readonly producers: boolean;
  /** Writer epoch of the clean close that was the last edit; undefined when something came after it. */
  readonly closedEpoch: number | undefined;
}

export interface ManifestSegment {
  readonly facts: SegmentFacts;
  readonly predecessorId: string | undefined;
  /** Of a sealed segment. */
  readonly reason: RollReason | undefined;
  /** Of one that a compaction has made. */
  readonly cleaned?: CleanedMark | undefined;
}

/** `[from, to)`. */
export interface OffsetRange {
  readonly from: number;
  readonly to: number;
}

export type ManifestEdit =
  | { readonly type: 'create'; readonly logId: string; readonly version: 1 }
  | { readonly type: 'add'; readonly segment: NewSegment }
  | { readonly type: 'seal'; readonly facts: SegmentFacts; readonly reason: RollReason }
  | {
      readonly type: 'swap';
      readonly remove: readonly string[];
      readonly add: readonly ManifestSegment[];
    }
  | { readonly type: 'start'; readonly logStart: number }
  | { readonly type: 'point'; readonly facts: SegmentFacts }
  | { readonly type: 'epoch'; readonly epoch: number; readonly cut?: true }
  | { readonly type: 'gap'; readonly from: number; readonly to: number }
  | { readonly type: 'producers' }
  | { readonly type: 'forget'; readonly ids: readonly string[] }
  | { readonly type: 'retired'; readonly segments: readonly SegmentName[] }
  | { readonly type: 'close'; readonly epoch: number };

export interface NewSegment extends SegmentName {
  readonly createdAtMs: number;
  readonly predecessorId: string | undefined;
}

/** Facts of a segment that holds nothing yet. */
export function emptyFacts(segment: SegmentName & { readonly createdAtMs: number }): SegmentFacts {
  return {
    id: segment.id,
    baseOffset: segment.baseOffset,
    sealed: false,
    firstPosition: SEGMENT_HEADER_BYTES,
    endPosition: SEGMENT_HEADER_BYTES,
    nextOffset: segment.baseOffset,
    recordCount: 0,
    minTimestampMs: -1,
    maxTimestampMs: -1,
    maxAppendTimeMs: -1,
    tombstones: 0,
    framesChecksum: 0,
    createdAtMs: segment.createdAtMs,
  };
}

/** A new log's manifest: the first two edits. */
export function firstEdits(logId: string, segment: NewSegment): readonly ManifestEdit[] {
  return [
    { type: 'create', logId, version: 1 },
    { type: 'add', segment },
  ];
}

/** The state that a row of edits describes. Throws `RangeError` when they contradict each other. */
export function foldEdits(edits: readonly ManifestEdit[]): Manifest {
  const [create, add, ...rest] = edits;
  if (create?.type !== 'create' || (add?.type !== 'add' && add?.type !== 'swap')) {
    throw new RangeError('a manifest starts with "create" and its first segments');
  }
  const segments = add.type === 'add' ? [activeSegment(add.segment)] : add.add;
  const last = segments[segments.length - 1];
  if (last === undefined || last.facts.sealed) throw new RangeError('a manifest has an active segment');
  const first: Manifest = {
    logId: create.logId,
    epoch: 0,
    cutEpoch: 0,
    segments,
    logStart: 0,
    recoveryPoint: last.facts,
    gaps: [],
    retired: [],
    producers: false,
    closedEpoch: undefined,
  };
  return checked(rest.reduce(applyEdit, first));
}

/** The shortest row of edits with the same sum; `stillThere` tells which retired files are not yet gone. */
export function snapshotEdits(manifest: Manifest): readonly ManifestEdit[] {
  const edits: ManifestEdit[] = [
    { type: 'create', logId: manifest.logId, version: 1 },
    { type: 'swap', remove: [], add: manifest.segments },
    { type: 'start', logStart: manifest.logStart },
    { type: 'epoch', epoch: manifest.epoch },
    { type: 'point', facts: manifest.recoveryPoint },
    ...manifest.gaps.map(({ from, to }): ManifestEdit => ({ type: 'gap', from, to })),
    { type: 'retired', segments: manifest.retired },
  ];
  if (manifest.cutEpoch > 0) edits.push({ type: 'epoch', epoch: manifest.cutEpoch, cut: true });
  if (manifest.producers) edits.push({ type: 'producers' });
  if (manifest.closedEpoch !== undefined) edits.push({ type: 'close', epoch: manifest.closedEpoch });
  return edits;
}

/** Applies one edit. Throws `RangeError` when it does not fit. */
export function applyEdit(manifest: Manifest, edit: ManifestEdit): Manifest {
  const open = { ...manifest, closedEpoch: undefined };
  switch (edit.type) {
    case 'create':
      throw new RangeError('a manifest is created once');
    case 'add': {
      const added = activeSegment(edit.segment);
      return { ...open, segments: [...manifest.segments, added], recoveryPoint: added.facts };
    }
    case 'seal':
      return { ...open, segments: sealed(manifest.segments, edit) };
    case 'swap':
      return swapped(open, edit);
    case 'start':
      return { ...open, logStart: Math.max(manifest.logStart, edit.logStart) };
    case 'point':
      return { ...open, recoveryPoint: edit.facts };
    case 'epoch':
      return {
        ...open,
        epoch: Math.max(manifest.epoch, edit.epoch),
        cutEpoch: edit.cut === true ? Math.max(manifest.cutEpoch, edit.epoch) : manifest.cutEpoch,
      };
    case 'gap':
      return { ...open, gaps: [...manifest.gaps, { from: edit.from, to: edit.to }] };
    case 'producers':
      return { ...open, producers: true };
    case 'forget':
      return { ...manifest, retired: manifest.retired.filter(({ id }) => !edit.ids.includes(id)) };
    case 'retired':
      return { ...open, retired: [...manifest.retired, ...edit.segments] };
    case 'close':
      break;
  }
  return { ...manifest, closedEpoch: edit.epoch };
}

/** Asserts what every manifest holds: segments ascend without overlap, one active at the end, marks inside. */
export function checked(manifest: Manifest): Manifest {
  const { segments, logStart, recoveryPoint } = manifest;
  let end = 0;
  segments.forEach(({ facts }, i) => {
    const last = i === segments.length - 1;
    if (facts.baseOffset < end)
      throw new RangeError(`segment ${segmentFileName(facts)} overlaps the one before it`);
    if (facts.sealed === last) throw new RangeError('the last segment and only the last one is active');
    end = facts.nextOffset;
  });
  const active = segments[segments.length - 1];
  if (active === undefined || recoveryPoint.id !== active.facts.id) {
    throw new RangeError('the recovery point lies in the active segment');
  }
  if (!Number.isSafeInteger(logStart) || logStart < 0) throw new RangeError('the log start is an offset');
  return manifest;
}

function activeSegment(segment: NewSegment): ManifestSegment {
  return { facts: emptyFacts(segment), predecessorId: segment.predecessorId, reason: undefined };
}

function sealed(
  segments: readonly ManifestSegment[],
  edit: { readonly facts: SegmentFacts; readonly reason: RollReason },
): readonly ManifestSegment[] {
  const last = segments[segments.length - 1];
  if (last === undefined || last.facts.id !== edit.facts.id)
    throw new RangeError('only the active segment is sealed');
  const facts = { ...edit.facts, sealed: true };
  return [...segments.slice(0, -1), { ...last, facts, reason: edit.reason }];
}

function swapped(
  manifest: Manifest,
  edit: { readonly remove: readonly string[]; readonly add: readonly ManifestSegment[] },
): Manifest {
  const gone = new Set(edit.remove);
  const removed = manifest.segments.filter(({ facts }) => gone.has(facts.id));
  if (removed.length !== gone.size) throw new RangeError('a swap removes segments that are there');
  const segments = [...manifest.segments.filter(({ facts }) => !gone.has(facts.id)), ...edit.add].toSorted(
    (a, b) => compareSegments(a.facts, b.facts),
  );
  const active = segments[segments.length - 1];
  if (active === undefined) throw new RangeError('a log has at least one segment');
  const recoveryPoint = active.facts.id === manifest.recoveryPoint.id ? manifest.recoveryPoint : active.facts;
  const retired = [...manifest.retired, ...removed.map(({ facts }) => nameOf(facts))];
  return { ...manifest, segments, recoveryPoint, retired };
}

/** The order of a log's segments. An empty one starts where the next one starts, and the active one comes last. */
export function compareSegments(a: SegmentFacts, b: SegmentFacts): number {
  return a.baseOffset - b.baseOffset || Number(b.sealed) - Number(a.sealed) || a.nextOffset - b.nextOffset;
}

function nameOf({ id, baseOffset }: SegmentFacts): SegmentName {
  return { id, baseOffset };
}
