import { SeglogError } from '../contract/error.js';
import type { RecoveryReport } from '../contract/recovery-report.js';
import type { SegmentFacts } from '../contract/segment-facts.js';
import type { ProducerState } from '../producer/producer-state.js';
import { Segment } from '../segment/segment.js';
import type { SegmentContext } from '../segment/segment-context.js';
import { parseSegmentFileName } from '../segment/segment-name.js';
import type { LogComponents } from './log-components.js';
import type { LogSettings } from './log-settings.js';
import type { OffsetRange } from './manifest.js';
import type { ManifestFile } from './manifest-file.js';
import { recoverProducers } from './producer-recovery.js';
import { Quarantine } from './quarantine.js';
import { type RecoveredRow, recoverRow } from './recover-row.js';
import { planRecovery, type RecoveryPlan } from './recovery-plan.js';
import type { SegmentFactory } from './segment-factory.js';
import { closeReaders, sortUnnamed, type UnnamedFiles, type UnnamedSegment } from './unnamed-files.js';

export interface RecoveryContext {
  readonly components: LogComponents;
  readonly settings: LogSettings;
  readonly manifest: ManifestFile;
  readonly segments: SegmentContext;
  readonly factory: SegmentFactory;
  readonly producers: ProducerState;
  readonly readOnly: boolean;
}

/** What a log goes on from. */
export interface RecoveredLog {
  /** Sealed, all of them where the log may be written. */
  readonly earlier: readonly Segment[];
  readonly active: SegmentFacts;
  /** Every record below is on stable storage. */
  readonly durable: number;
  readonly logStart: number;
  /** Data that was synced is damaged and the settings say to serve the rest: nothing may be written. */
  readonly damaged: boolean;
  /** Offsets that are lost, beside those that the manifest knows of. */
  readonly lost: readonly OffsetRange[];
  readonly report: Omit<RecoveryReport, 'durationMs' | 'offsets'>;
}

/**
 * Brings a log's directory to a state that its manifest describes, and repairs the active segment. Makes durable whatever
 * it changed before it resolves. May be interrupted anywhere, any number of times.
 */
export async function recover(context: RecoveryContext): Promise<RecoveredLog> {
  const { components, manifest, segments } = context;
  const plan = planRecovery(await components.directory.list(), manifest.state);
  const missing = await withoutMissing(context, plan);
  const unnamed = await sortUnnamed(context, plan.unnamed);
  const { row, quarantined, removed } = await sortOut(context, plan, unnamed);
  const { tail, adopted } = row;
  const sealed = manifest.state.segments.map(({ facts }) => facts).filter((facts) => facts.sealed);
  const earlier = [...sealed, ...row.unsealed].map((facts) => new Segment(segments, facts));
  await recoverProducers(context, earlier, tail.facts);
  return {
    earlier,
    active: tail.facts,
    durable: tail.durable,
    logStart: Math.min(manifest.state.logStart, tail.facts.nextOffset),
    damaged: tail.damaged || missing,
    lost: tail.lost,
    report: {
      clean: tail.clean,
      scannedBytes: tail.scannedBytes,
      ...(tail.truncated === undefined ? {} : { truncated: tail.truncated }),
      ...(adopted.length === 0 ? {} : { adopted: adopted.map(({ file }) => file) }),
      quarantined,
      removed,
      gaps: [...manifest.state.gaps, ...tail.lost],
      rebuilt: [],
    },
  };
}

interface SortedOut {
  readonly row: RecoveredRow;
  readonly quarantined: readonly string[];
  readonly removed: readonly string[];
}

/** What belongs to the log is recovered; the rest goes, after a copy of what holds records. */
async function sortOut(
  context: RecoveryContext,
  plan: RecoveryPlan,
  unnamed: UnnamedFiles,
): Promise<SortedOut> {
  try {
    return await keepAndDiscard(context, plan, unnamed);
  } finally {
    await closeReaders([...unnamed.leftovers, ...unnamed.successors]);
  }
}

async function keepAndDiscard(
  context: RecoveryContext,
  plan: RecoveryPlan,
  { empty, leftovers, successors }: UnnamedFiles,
): Promise<SortedOut> {
  const { components, settings, readOnly } = context;
  const quarantine = new Quarantine(components.directory, settings);
  const quarantined: string[] = [];
  const removed: string[] = [];
  const discard = async (segments: readonly UnnamedSegment[], others: readonly string[]): Promise<void> => {
    if (readOnly) return;
    for (const segment of segments) quarantined.push(...(await quarantine.keep(segment.reader, segment)));
    const files = [...others, ...segments.map(({ file }) => file)];
    await removeAll(context, files);
    removed.push(...files);
  };
  await discard(leftovers, [...plan.remove, ...empty]);
  const row = await recoverRow(context, successors, quarantine);
  quarantined.push(...row.tail.quarantined);
  // Before anything is appended in the place of their records, they are gone for good.
  if (row.dropped.length > 0) await discard(row.dropped, []);
  return { row, quarantined, removed };
}

/** Missing segments: an error, or a gap that is known from now on. True when the log must not be written. */
async function withoutMissing(context: RecoveryContext, plan: RecoveryPlan): Promise<boolean> {
  const [first] = plan.missing;
  if (first === undefined) return false;
  const { settings, manifest, readOnly } = context;
  const { segments } = manifest.state;
  const gone = segments.filter(({ facts }) => plan.missing.some((file) => file.includes(facts.id)));
  const sealed = gone.filter(({ facts }) => facts.sealed);
  if (settings.onCorruption === 'fail') {
    throw new SeglogError('MISSING_SEGMENT', 'a segment that the manifest names is not there', {
      file: first,
    });
  }
  if (settings.onCorruption === 'salvage' && !readOnly) {
    if (sealed.length === 0) return false;
    await manifest.commit([
      { type: 'swap', remove: sealed.map(({ facts }) => facts.id), add: [] },
      ...sealed.map(({ facts }) => ({ type: 'gap', from: facts.baseOffset, to: facts.nextOffset }) as const),
    ]);
    return false;
  }
  return true;
}

async function removeAll(
  { components, manifest, segments }: RecoveryContext,
  files: readonly string[],
): Promise<void> {
  const { directory } = components;
  if (files.length > 0) {
    for (const file of files) {
      const segment = parseSegmentFileName(file);
      if (segment !== undefined) await segments.indexes.remove(segment);
      await directory.remove(file);
    }
    await directory.sync();
  }
  const gone = manifest.state.retired;
  for (const segment of gone) await segments.indexes.remove(segment);
  if (gone.length > 0) await manifest.commit([{ type: 'forget', ids: gone.map(({ id }) => id) }]);
}
