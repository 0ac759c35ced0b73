import { FrameHeader } from '../contract/frame-codec.js';
import type { StoredRecord } from '../contract/record.js';
import { requireSafeInteger } from '../invariant.js';
import { toHex } from '../segment/hex.js';
import { SEGMENT_FOOTER_BYTES } from '../segment/segment-footer.js';
import type { ActiveSegment } from './active-segment.js';
import type { LogComponents } from './log-components.js';
import { type LogSettings, logSettings } from './log-settings.js';
import { emptyFacts, type ManifestEdit, type ManifestSegment, type OffsetRange } from './manifest.js';
import { ManifestFile } from './manifest-file.js';
import type { SegmentFactory } from './segment-factory.js';
import { segmentContext, segmentFactory } from './segment-parts.js';
import { SegmentRewriter } from './segment-rewrite.js';

/** A log as it is to be. */
export interface RestoredLog {
  readonly logStart: number;
  /** Offset after the last one, whether a record has it or not. */
  readonly logEnd: number;
  /** Offsets that were lost to damage. */
  readonly gaps: readonly OffsetRange[];
  /** Records in batches, offsets ascending over all of them, from `logStart` up to below `logEnd`. Borrowed until the next one is asked for. */
  readonly batches: AsyncIterable<readonly StoredRecord[]>;
}

/**
 * Writes a log into an empty directory: records at the offsets that they have, gaps between them included. All of it is
 * durable when it resolves, but for the directory's own name. Until then there is no log: what an interrupted call leaves is
 * removed by who removes the directory. `RangeError` for offsets that do not ascend, or a record that no frame can hold.
 *
 * Frames are new: epoch and append time are those of now, and no producer's stamp is kept.
 */
export async function restoreLog(
  components: LogComponents,
  settings: Partial<LogSettings>,
  log: RestoredLog,
): Promise<void> {
  requireSafeInteger(log.logStart, 'logStart');
  requireSafeInteger(log.logEnd, 'logEnd', { min: log.logStart });
  const logId = toHex(components.random.bytes(16));
  const context = segmentContext(components, logSettings(settings), {
    logId,
    readOnly: false,
    onIndexRebuilt: () => undefined,
    onDrained: () => undefined,
  });
  const row = new RestoredRow(components, segmentFactory(components, context), logSettings(settings));
  await row.start(log.logStart);
  let nextOffset = log.logStart;
  for await (const records of log.batches) {
    for (const { offset } of records) {
      if (offset < nextOffset || offset >= log.logEnd)
        throw new RangeError(`offset ${offset} does not follow ${nextOffset - 1} below ${log.logEnd}`);
      nextOffset = offset + 1;
    }
    await row.add(records);
  }
  const segments = await row.end(log.logEnd);
  await components.directory.sync();
  const edits: ManifestEdit[] = [
    { type: 'create', logId, version: 1 },
    { type: 'swap', remove: [], add: segments },
    { type: 'start', logStart: log.logStart },
    ...log.gaps.map(({ from, to }): ManifestEdit => ({ type: 'gap', from, to })),
  ];
  const { directory, crc32c, random } = components;
  const manifest = await ManifestFile.create({ directory, crc32c, random }, edits);
  await manifest.close();
}

/** Segments one behind the other, the last one still open. */
class RestoredRow {
  readonly #components: LogComponents;
  readonly #factory: SegmentFactory;
  readonly #maxSegmentBytes: number;
  readonly #sealed: ManifestSegment[] = [];
  #target: ActiveSegment | undefined;
  #rewriter: SegmentRewriter | undefined;

  public constructor(components: LogComponents, factory: SegmentFactory, { maxSegmentBytes }: LogSettings) {
    this.#components = components;
    this.#factory = factory;
    this.#maxSegmentBytes = maxSegmentBytes;
  }

  public async start(baseOffset: number): Promise<void> {
    const predecessorId = this.#sealed.at(-1)?.facts.id;
    const created = await this.#factory.create(baseOffset, predecessorId);
    this.#target = await this.#factory.activate(created);
    this.#rewriter = new SegmentRewriter(this.#target, this.#components.codec);
  }

  public async add(records: readonly StoredRecord[]): Promise<void> {
    if (records.length === 0) return;
    const header = new FrameHeader();
    header.baseOffset = records[0]?.offset ?? 0;
    header.epoch = this.#components.epochs?.epoch ?? 1;
    header.appendTimeMs = this.#components.clock.nowMs();
    const frame = { header, producer: undefined, records };
    const bytes = this.#rewriter?.measure(frame) ?? 0;
    const { assigned } = this.#open;
    const full = assigned.endPosition + bytes + SEGMENT_FOOTER_BYTES > this.#maxSegmentBytes;
    if (full && assigned.recordCount > 0) await this.#roll();
    await this.#rewriter?.write(frame);
  }

  /** Every segment, the last one active, all of them durable but for their names. */
  public async end(logEnd: number): Promise<readonly ManifestSegment[]> {
    const target = this.#open;
    this.#rewriter?.cover(logEnd);
    await target.sync();
    const fixed = emptyFacts(target.name);
    const facts = target.published.facts(fixed, fixed);
    const predecessorId = this.#sealed.at(-1)?.facts.id;
    await this.#close(target);
    return [...this.#sealed, { facts, predecessorId, reason: undefined }];
  }

  async #roll(): Promise<void> {
    const target = this.#open;
    const { reason, ...facts } = await target.seal('size');
    this.#sealed.push({ facts, predecessorId: this.#sealed.at(-1)?.facts.id, reason });
    await target.open.index.flush(facts.endPosition);
    await this.#close(target);
    await this.start(facts.nextOffset);
  }

  async #close(target: ActiveSegment): Promise<void> {
    await target.closeFile();
    await target.open.reader.close();
    await target.open.index.close();
  }

  get #open(): ActiveSegment {
    if (this.#target === undefined) throw new TypeError('a row is started before it is used');
    return this.#target;
  }
}
