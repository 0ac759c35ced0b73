import { SeglogError } from '../contract/error.js';
import type { RecoveryReport } from '../contract/recovery-report.js';
import type { SegmentFacts } from '../contract/segment-facts.js';
import { SlotFile } from '../journal/slot-file.js';
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
import { planRecovery, type RecoveryPlan } from './recovery-plan.js';
import type { SegmentFactory } from './segment-factory.js';
import { recoverTail } from './tail-recovery.js';
import { sortUnnamed } from './unnamed-files.js';
import { parseWatermark, WATERMARK_FILE, type Watermark } from './watermark.js';

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
  readonly sealed: readonly Segment[];
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
  const { components, manifest, readOnly } = context;
  const { directory } = components;
  const plan = planRecovery(await directory.list(), manifest.state);
  const missing = await withoutMissing(context, plan);
  const quarantine = new Quarantine(directory, context.settings);
  const unnamed = await sortUnnamed(context, plan.unnamed);
  const quarantined: string[] = [];
  if (!readOnly) {
    for (const leftover of unnamed.leftovers)
      quarantined.push(...(await quarantine.keep(leftover.reader, leftover)));
  }
  for (const { reader } of unnamed.leftovers) await reader.close();
  const removed = [...plan.remove, ...unnamed.empty, ...unnamed.leftovers.map(({ file }) => file)];
  if (!readOnly) await removeAll(context, removed);
  const tail = await recoverTail(context, await readWatermark(context), quarantine);
  const sealed = context.manifest.state.segments
    .filter(({ facts }) => facts.sealed)
    .map(({ facts }) => new Segment(context.segments, facts));
  await recoverProducers(context, sealed, tail.facts);
  return {
    sealed,
    active: tail.facts,
    durable: tail.durable,
    logStart: Math.min(manifest.state.logStart, tail.facts.nextOffset),
    damaged: tail.damaged || missing,
    lost: tail.lost,
    report: {
      clean: tail.clean,
      scannedBytes: tail.scannedBytes,
      ...(tail.truncated === undefined ? {} : { truncated: tail.truncated }),
      quarantined: [...quarantined, ...tail.quarantined],
      removed: readOnly ? [] : removed,
      gaps: [...manifest.state.gaps, ...tail.lost],
      rebuilt: [],
    },
  };
}

/** A lower bound of what was synced, or undefined: it may be missing, old, or of a log before a truncation. */
async function readWatermark({ components, manifest }: RecoveryContext): Promise<Watermark | undefined> {
  const content = await SlotFile.read(components.directory, WATERMARK_FILE, components.crc32c);
  const mark = parseWatermark(content.value);
  const { recoveryPoint, epoch } = manifest.state;
  return mark !== undefined && mark.segmentId === recoveryPoint.id && mark.epoch >= epoch ? mark : undefined;
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
