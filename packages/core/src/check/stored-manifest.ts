import type { SegmentFacts } from '../contract/segment-facts.js';
import { HEADER_BYTES } from './stored-segment.js';

export interface StoredSegment {
  readonly facts: SegmentFacts;
  readonly predecessorId: string | undefined;
  readonly reason: string | undefined;
  /** Of what a compaction made: up to this offset no key has an older record anywhere. */
  readonly cleaned?: { readonly upTo: number; readonly atMs: number } | undefined;
}

/** What the edits of a manifest amount to, by docs/format.md#manifest-edits. */
export interface StoredManifest {
  readonly logId: string;
  readonly segments: readonly StoredSegment[];
  readonly logStart: number;
  readonly epoch: number;
  readonly point: SegmentFacts;
  readonly gaps: readonly { readonly from: number; readonly to: number }[];
  /** Ids of segments that were removed and whose files may still be there. */
  readonly retired: ReadonlySet<string>;
  readonly producers: boolean;
  /** Writer epoch of a clean close that nothing came after. */
  readonly closedEpoch: number | undefined;
}

interface Building {
  logId: string;
  segments: StoredSegment[];
  logStart: number;
  epoch: number;
  point: SegmentFacts | undefined;
  gaps: { readonly from: number; readonly to: number }[];
  retired: Set<string>;
  producers: boolean;
  closedEpoch: number | undefined;
}

interface StoredName {
  readonly id: string;
  readonly baseOffset: number;
}

type Edit =
  | { readonly type: 'create'; readonly logId: string; readonly version: number }
  | {
      readonly type: 'add';
      readonly segment: StoredName & { readonly createdAtMs: number; readonly predecessorId?: string };
    }
  | { readonly type: 'seal'; readonly facts: SegmentFacts; readonly reason: string }
  | { readonly type: 'swap'; readonly remove: readonly string[]; readonly add: readonly StoredSegment[] }
  | { readonly type: 'start'; readonly logStart: number }
  | { readonly type: 'point'; readonly facts: SegmentFacts }
  | { readonly type: 'epoch'; readonly epoch: number }
  | { readonly type: 'close'; readonly epoch: number }
  | { readonly type: 'gap'; readonly from: number; readonly to: number }
  | { readonly type: 'producers' }
  | { readonly type: 'forget'; readonly ids: readonly string[] }
  | { readonly type: 'retired'; readonly segments: readonly StoredName[] };

/** Adds the edits up; a sentence when they make no sense. */
export function foldManifest(edits: readonly unknown[]): StoredManifest | string {
  const sum: Building = {
    logId: '',
    segments: [],
    logStart: 0,
    epoch: 0,
    point: undefined,
    gaps: [],
    retired: new Set(),
    producers: false,
    closedEpoch: undefined,
  };
  for (const edit of edits) {
    const complaint = apply(sum, edit as Edit);
    if (complaint !== undefined) return complaint;
  }
  const { point } = sum;
  return point === undefined ? 'the manifest names no segment' : { ...sum, point };
}

function apply(sum: Building, edit: Edit): string | undefined {
  if (edit.type !== 'forget') sum.closedEpoch = undefined;
  switch (edit.type) {
    case 'create':
      if (sum.logId !== '') return 'the manifest is created twice';
      sum.logId = edit.logId;
      return edit.version === 1 ? undefined : `the manifest is of version ${edit.version}`;
    case 'add':
      return add(sum, edit.segment);
    case 'seal':
      return seal(sum, edit.facts, edit.reason);
    case 'swap':
      return swap(sum, edit.remove, edit.add);
    case 'start':
      sum.logStart = Math.max(sum.logStart, edit.logStart);
      return undefined;
    case 'point':
      sum.point = edit.facts;
      return edit.facts.id === sum.segments.at(-1)?.facts.id
        ? undefined
        : 'a point lies in no active segment';
    case 'epoch':
      sum.epoch = Math.max(sum.epoch, edit.epoch);
      return undefined;
    case 'gap':
      sum.gaps.push({ from: edit.from, to: edit.to });
      return undefined;
    case 'producers':
      sum.producers = true;
      return undefined;
    case 'forget':
      for (const id of edit.ids) sum.retired.delete(id);
      return undefined;
    case 'retired':
      for (const { id } of edit.segments) sum.retired.add(id);
      return undefined;
    case 'close':
      sum.closedEpoch = edit.epoch;
      return undefined;
    default:
      return `an edit of an unknown kind: ${JSON.stringify(edit)}`;
  }
}

function add(sum: Building, segment: Extract<Edit, { type: 'add' }>['segment']): string | undefined {
  const { id, baseOffset, createdAtMs, predecessorId } = segment;
  const last = sum.segments.at(-1);
  if (last !== undefined && !last.facts.sealed) return `segment ${id} is added behind one that is not sealed`;
  sum.point = emptyFacts({ id, baseOffset, sealed: false, createdAtMs });
  sum.segments.push({ facts: sum.point, predecessorId, reason: undefined });
  return undefined;
}

/** Facts of a segment before its first frame. */
export function emptyFacts(
  segment: Pick<SegmentFacts, 'id' | 'baseOffset' | 'sealed' | 'createdAtMs'>,
): SegmentFacts {
  const { id, baseOffset, sealed, createdAtMs } = segment;
  return {
    id,
    baseOffset,
    sealed,
    firstPosition: HEADER_BYTES,
    endPosition: HEADER_BYTES,
    nextOffset: baseOffset,
    recordCount: 0,
    minTimestampMs: -1,
    maxTimestampMs: -1,
    maxAppendTimeMs: -1,
    tombstones: 0,
    framesChecksum: 0,
    createdAtMs,
  };
}

function seal(sum: Building, facts: SegmentFacts, reason: string): string | undefined {
  const last = sum.segments.pop();
  if (last === undefined || last.facts.id !== facts.id) return `segment ${facts.id} is sealed and not active`;
  sum.segments.push({ ...last, facts: { ...facts, sealed: true }, reason });
  return undefined;
}

function swap(sum: Building, remove: readonly string[], added: readonly StoredSegment[]): string | undefined {
  const missing = remove.find((id) => sum.segments.every(({ facts }) => facts.id !== id));
  if (missing !== undefined) return `segment ${missing} is removed and was not there`;
  for (const id of remove) sum.retired.add(id);
  sum.segments = [...sum.segments.filter(({ facts }) => !remove.includes(facts.id)), ...added].toSorted(
    ({ facts: one }, { facts: other }) =>
      one.baseOffset - other.baseOffset ||
      Number(other.sealed) - Number(one.sealed) ||
      one.nextOffset - other.nextOffset,
  );
  const active = sum.segments.at(-1);
  if (active !== undefined && active.facts.id !== sum.point?.id) sum.point = active.facts;
  return undefined;
}
