import type { LogMaintenance, MaintainedSegment, RecordCursor } from '@seglog/core';
import { type CompactionPlan, cleanedMark, groupSources, isExpired } from './compaction-plan.js';
import { KeyBatch } from './key-batch.js';
import type { OffsetMap, OffsetMapFactory } from './offset-map.js';

/** What one pass did. */
export interface CompactionPass {
  readonly recordsRemoved: number;
  /** Of the segments that were rewritten, before and after. */
  readonly bytesBefore: number;
  readonly bytesAfter: number;
  /** Keys are known up to this offset. */
  readonly knownTo: number;
  /** False when another pass would find more: the map was full, or could not tell all keys apart. */
  readonly complete: boolean;
}

export interface CompactionContext {
  readonly maintenance: LogMaintenance;
  readonly offsetMap: OffsetMapFactory;
  readonly signal: AbortSignal;
  /** Told of every frame that was read; a promise is waited for. */
  readonly onRead: (bytes: number) => Promise<void> | undefined;
  readonly onRemoved: (records: number) => void;
}

/**
 * Two passes over the sources, in one stream each. The first finds the latest record of each key, and that nothing is
 * damaged; the second rewrites group by group, oldest first, each swapped in by one edit of the manifest. A crash between
 * two groups leaves a log in which older records are gone and newer ones are not yet: never the other way round.
 */
export async function compactLog(context: CompactionContext, plan: CompactionPlan): Promise<CompactionPass> {
  const records = plan.sources.filter(({ nextOffset }) => nextOffset > plan.dirtyFrom);
  const maxRecords = records.reduce((sum, { recordCount }) => sum + recordCount, 0);
  const map = context.offsetMap.create({ maxRecords });
  const { sources, knownTo } = await findLatest(context, plan, map);
  const known = { ...plan, sources };
  const batch = new KeyBatch();
  if (map.verify !== undefined) await verifyHashes(context, known, map);
  const certain = map.certain !== false;
  const result = { recordsRemoved: 0, bytesBefore: 0, bytesAfter: 0 };
  for (const group of groupSources(known, context.maintenance.limits)) {
    const rewritten = await context.maintenance.rewrite(
      group,
      keeper(known, group, { map, knownTo, batch }),
      {
        ahead: map.expect === undefined ? undefined : ahead(batch),
        signal: context.signal,
        onProgress: perFrame(context),
        requires: sources.filter(({ nextOffset }) => nextOffset > (group.at(-1)?.nextOffset ?? 0)),
        // With a doubt left, an older record may be too: its tombstone must not go before it.
        cleaned: certain ? cleanedMark(known, group, knownTo) : undefined,
      },
    );
    result.recordsRemoved += rewritten.recordsRemoved;
    result.bytesBefore += rewritten.bytesBefore;
    result.bytesAfter += rewritten.bytesAfter;
    context.onRemoved(rewritten.recordsRemoved);
  }
  const reached = knownTo >= (plan.sources.at(-1)?.nextOffset ?? 0);
  return { ...result, knownTo, complete: certain ? reached : result.recordsRemoved === 0 };
}

/** Fills the map, as far as it goes. What lies behind the segment in which it was full is none of this pass's business. */
async function findLatest(
  context: CompactionContext,
  plan: CompactionPlan,
  map: OffsetMap,
): Promise<{ readonly sources: readonly MaintainedSegment[]; readonly knownTo: number }> {
  let knownTo = Number.POSITIVE_INFINITY;
  const sources: MaintainedSegment[] = [];
  const batch = new KeyBatch();
  const put = (): void => {
    const { source, positions, lengths, offsets, count } = batch;
    expect(map, batch);
    for (let i = 0; i < count && knownTo === Number.POSITIVE_INFINITY; i += 1) {
      const offset = offsets[i] as number;
      if (!map.put(source, positions[i] as number, lengths[i] as number, offset)) knownTo = offset;
    }
  };
  const note = (cursor: RecordCursor): void => {
    if (cursor.keyBytes < 0 || cursor.offset < plan.dirtyFrom || cursor.offset >= knownTo) return;
    batch.add(cursor);
    if (batch.full) put();
  };
  for (const segment of plan.sources) {
    if (segment.baseOffset >= knownTo) break;
    sources.push(segment);
    const told = perFrame(context);
    const onProgress = (readBytes: number): Promise<void> | undefined => {
      put();
      return told(readBytes);
    };
    await context.maintenance.visit([segment], note, { signal: context.signal, onProgress });
  }
  return { sources, knownTo: Math.min(knownTo, sources.at(-1)?.nextOffset ?? 0) };
}

async function verifyHashes(
  context: CompactionContext,
  { sources }: CompactionPlan,
  map: OffsetMap,
): Promise<void> {
  const look = ({ offset, keyBytes, keyPosition, source }: RecordCursor): void => {
    if (keyBytes >= 0) map.verify?.(source, keyPosition, keyBytes, offset);
  };
  for (const segment of sources) {
    await context.maintenance.visit([segment], look, {
      signal: context.signal,
      onProgress: perFrame(context),
    });
  }
}

/** A record without a key is nobody's successor and has none: it stays. */
function keeper(
  plan: CompactionPlan,
  group: readonly MaintainedSegment[],
  { map, knownTo, batch }: { readonly map: OffsetMap; readonly knownTo: number; readonly batch: KeyBatch },
): (cursor: RecordCursor) => boolean {
  return ({ offset, keyBytes, keyPosition, source, valueBytes }) => {
    if (batch.count > 0) expect(map, batch);
    if (keyBytes < 0 || offset >= knownTo) return true;
    if (map.latest(source, keyPosition, keyBytes) > offset) return false;
    if (valueBytes >= 0) return true;
    const home = group.find(({ nextOffset }) => offset < nextOffset);
    return home === undefined || !isExpired(plan, home, offset);
  };
}

/** Gathers the keys of a frame, as many as there is room for, before they are looked up. */
function ahead(batch: KeyBatch): (cursor: RecordCursor) => void {
  return (cursor) => {
    if (cursor.keyBytes >= 0 && !batch.full) batch.add(cursor);
  };
}

/** Fewer keys than these are looked up one after the other. */
const WORTH_EXPECTING = 8;

function expect(map: OffsetMap, batch: KeyBatch): void {
  if (batch.count >= WORTH_EXPECTING) map.expect?.(batch);
  batch.count = 0;
}

/** Turns bytes so far into bytes of this frame. */
function perFrame({ onRead }: CompactionContext): (readBytes: number) => Promise<void> | undefined {
  let before = 0;
  return (readBytes) => {
    const frame = readBytes - before;
    before = readBytes;
    return onRead(frame);
  };
}
