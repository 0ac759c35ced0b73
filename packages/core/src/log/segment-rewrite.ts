import type { FrameCodec, FrameCursor, RecordCursor } from '../contract/frame-codec.js';
import { FrameHeader } from '../contract/frame-codec.js';
import type { ProducerStamp, RecordBatch, RecordInput, StoredRecord } from '../contract/record.js';
import { invariant } from '../invariant.js';
import type { FrameScan } from '../segment/frame-scan.js';
import type { OpenSegment } from '../segment/segment.js';
import type { ActiveSegment } from './active-segment.js';

/** The records of one frame that are to stay, as they stand in the source: they lie in its memory. */
export interface KeptFrame {
  readonly header: FrameHeader;
  readonly producer: ProducerStamp | undefined;
  readonly records: readonly StoredRecord[];
}

/** The records of the current frame of a scan for which `keep` is true, lent until it moves on. Undefined when the body does not decode. */
export function keptRecords(
  { codec }: Pick<OpenSegment, 'codec'>,
  { scan, cursor }: { readonly scan: FrameScan; readonly cursor: FrameCursor },
  keep: (cursor: RecordCursor) => boolean,
  ahead?: (cursor: RecordCursor) => void,
): KeptFrame | undefined {
  const { header, source, framePosition } = scan;
  const records: StoredRecord[] = [];
  if (ahead !== undefined) {
    cursor.load(source, framePosition, header);
    while (cursor.next()) ahead(cursor);
  }
  cursor.load(source, framePosition, header);
  while (cursor.next()) if (keep(cursor)) records.push(lentRecord(cursor));
  if (cursor.malformed) return undefined;
  const producer = header.hasProducer ? codec.producer(source, framePosition, header) : undefined;
  return { header, producer, records };
}

/** A record that stays as it is when the cursor has moved, as long as its frame is there. */
function lentRecord({ offset, timestampMs, key, value, headers }: RecordCursor): StoredRecord {
  return { offset, timestampMs, key, value, headers };
}

/**
 * Writes records at the offsets that they have into a segment that is not yet named by the manifest, in frames that keep
 * the epoch, append time and producer of the frames they come from. The last frame of a source always leaves its offsets
 * behind, even if no record of it stays: `cover` moves the end.
 */
export class SegmentRewriter {
  readonly #target: ActiveSegment;
  readonly #codec: FrameCodec;
  readonly #header = new FrameHeader();
  #buffer = new Uint8Array(64 * 1024);

  public constructor(target: ActiveSegment, codec: FrameCodec) {
    this.#target = target;
    this.#codec = codec;
  }

  public get endPosition(): number {
    return this.#target.assigned.endPosition;
  }

  /** Bytes that the frames of these records will take. */
  public measure(frame: KeptFrame): number {
    return this.#batches(frame).reduce((bytes, batch) => bytes + this.#target.codec.frameBytes(batch), 0);
  }

  public async write(frame: KeptFrame): Promise<void> {
    for (const batch of this.#batches(frame)) await this.#writeFrame(batch);
  }

  /** Offsets below `nextOffset` are covered by this segment, whether it holds records for them or not. */
  public cover(nextOffset: number): void {
    const { assigned, published } = this.#target;
    invariant(nextOffset >= assigned.nextOffset, 'what is covered never shrinks');
    assigned.nextOffset = nextOffset;
    published.nextOffset = nextOffset;
  }

  async #writeFrame(batch: RecordBatch): Promise<void> {
    const { codec, assigned, published, builder, open, checksum } = this.#target;
    const bytes = codec.frameBytes(batch);
    if (bytes > this.#buffer.length) this.#buffer = new Uint8Array(bytes);
    codec.encode(batch, this.#buffer, 0);
    const status = codec.peek(this.#buffer, 0, bytes, this.#header);
    invariant(status === 'frame', 'a frame that was encoded is a frame');
    const position = assigned.endPosition;
    await this.#target.write(position, this.#buffer.subarray(0, bytes));
    const entry = builder.offer(this.#header, position);
    if (entry !== undefined) open.index.append(entry);
    assigned.add(this.#header, checksum, this.#buffer, { position: 0, headerBytes: codec.headerBytes });
    published.publish(assigned);
  }

  #batches(frame: KeptFrame): readonly RecordBatch[] {
    const { records } = frame;
    if (records.length === 0) return [];
    const { maxRecordsPerFrame, guarantees } = this.#codec;
    // A stamp numbers records from the first one on: it holds for what begins the frame, and for nothing else.
    const beyond = (records.at(-1)?.offset ?? 0) + 1 - frame.header.baseOffset;
    const producer = guarantees.producer && beyond === records.length ? frame.producer : undefined;
    if (records.length > maxRecordsPerFrame) {
      return records.map((record, i) => sparseBatch([record], frame.header, i === 0 ? producer : undefined));
    }
    const batch = sparseBatch(records, frame.header, producer);
    return this.#fits(batch) ? [batch] : this.#halves(frame);
  }

  #fits(batch: RecordBatch): boolean {
    const { codec, open } = this.#target;
    return batch.count === 1 || codec.frameBytes(batch) <= open.maxFrameBytes;
  }

  /** Sparse offsets take room: a frame near the limit becomes two, each without the stamp of the whole. */
  #halves({ header, records }: KeptFrame): readonly RecordBatch[] {
    const middle = records.length >>> 1;
    const halves = [records.slice(0, middle), records.slice(middle)];
    return halves.map((half) => sparseBatch(half, header, undefined));
  }
}

function sparseBatch(
  records: readonly StoredRecord[],
  header: FrameHeader,
  producer: ProducerStamp | undefined,
): RecordBatch {
  const [first] = records;
  invariant(first !== undefined, 'a batch holds a record');
  const times = records.map(({ timestampMs }) => timestampMs);
  const inputs: readonly RecordInput[] = records;
  const dense = records.every(({ offset }, i) => offset === first.offset + i);
  return {
    records: inputs,
    count: records.length,
    baseOffset: first.offset,
    offsets: dense ? undefined : records.map(({ offset }) => offset),
    epoch: header.epoch,
    appendTimeMs: header.appendTimeMs,
    minTimestampMs: times.reduce((a, b) => Math.min(a, b)),
    maxTimestampMs: times.reduce((a, b) => Math.max(a, b)),
    tombstones: records.filter(({ value }) => value === null).length,
    stableUpTo: header.stableUpTo,
    producer,
  };
}
