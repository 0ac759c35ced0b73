import type { SegmentFacts } from '../contract/segment-facts.js';
import { SlotFile } from '../journal/slot-file.js';
import { emptyFacts } from './manifest.js';
import type { Quarantine } from './quarantine.js';
import type { RecoveredTail } from './recovered-tail.js';
import type { RecoveryContext } from './recovery.js';
import { recoverTail } from './tail-recovery.js';
import { lostEdit, makeDurable, naming, type UnnamedSegment } from './unnamed-files.js';
import { parseWatermark, WATERMARK_FILE, type Watermark } from './watermark.js';

export interface RecoveredRow {
  /** Of the last segment; what was found on the way to it included. */
  readonly tail: RecoveredTail;
  /** Segments before it that are not sealed, where nothing may be written. */
  readonly unsealed: readonly SegmentFacts[];
  /** Successors that are part of the log. */
  readonly adopted: readonly UnnamedSegment[];
  /** Successors of records that were lost, none of which was ever proven synced: not part of the log. */
  readonly dropped: readonly UnnamedSegment[];
}

/**
 * Recovers the active segment and, where appends went on while it had yet to be sealed, finishes that roll and goes on with
 * the segment behind it. A successor belongs to the log if the one before it is there to its last record: the records of
 * others never had a place in it.
 */
export async function recoverRow(
  context: RecoveryContext,
  successors: readonly UnnamedSegment[],
  quarantine: Quarantine,
): Promise<RecoveredRow> {
  const unsealed: SegmentFacts[] = [];
  let { readOnly } = context;
  let point = context.manifest.state.recoveryPoint;
  let before: RecoveredTail | undefined;
  for (let adopted = 0; ; adopted++) {
    const next = successors.slice(adopted);
    const mark = await readWatermark(context, point);
    const found = await recoverTail({ ...context, readOnly }, { point, mark, quarantine, next });
    const tail = before === undefined ? found : together(before, found);
    const [following] = next;
    if (following === undefined || tail.facts.nextOffset < following.header.baseOffset)
      return { tail, unsealed, adopted: successors.slice(0, adopted), dropped: next };
    if (tail.facts.nextOffset > following.header.baseOffset) throw lostEdit(following);
    readOnly ||= tail.damaged;
    if (readOnly) unsealed.push(tail.facts);
    else if (!tail.facts.sealed) await adopt(context, tail.facts, following);
    point = emptyFacts(following.header);
    before = tail;
  }
}

/** A lower bound of what was synced, or undefined: it may be missing, old, or of a log before a truncation. */
async function readWatermark(
  { components, manifest }: RecoveryContext,
  point: SegmentFacts,
): Promise<Watermark | undefined> {
  const content = await SlotFile.read(components.directory, WATERMARK_FILE, components.crc32c);
  const mark = parseWatermark(content.value);
  return mark !== undefined && mark.segmentId === point.id && mark.epoch >= manifest.state.epoch
    ? mark
    : undefined;
}

/** Finishes a roll. */
async function adopt(context: RecoveryContext, old: SegmentFacts, next: UnnamedSegment): Promise<void> {
  await makeDurable(context, next);
  const active = await context.factory.resume(old);
  try {
    const { reason, ...facts } = await active.seal('recovery');
    await context.manifest.commit([{ type: 'seal', facts, reason }, naming(next)]);
  } finally {
    await active.release();
  }
}

function together(before: RecoveredTail, last: RecoveredTail): RecoveredTail {
  return {
    facts: last.facts,
    durable: before.durable < before.facts.nextOffset ? before.durable : last.durable,
    damaged: before.damaged || last.damaged,
    clean: false,
    scannedBytes: before.scannedBytes + last.scannedBytes,
    truncated: last.truncated ?? before.truncated,
    quarantined: [...before.quarantined, ...last.quarantined],
    lost: [...before.lost, ...last.lost],
  };
}
