import {
  batchFrameCodec,
  crc32c,
  FrameHeader,
  type PlacedFrame,
  type ProducerStamp,
  type RecordBatch,
  type RecordInput,
  SeglogError,
  type SegmentCodec,
} from '@seglog/core';

/** What a record of the engine's write-ahead log is: its kind. */
export const WRITE = 1;
export const FORGET = 2;

/** Before each frame. */
export const PART_HEAD_BYTES = 16;
const TOPIC_ID_BYTES = 8;

/** Which partition of which topic, for ever: a topic that is made again under a name has another id. */
export interface PartitionId {
  /** 16 hexadecimal digits. */
  readonly topicId: string;
  readonly partition: number;
}

/** Frames travel without a segment: neither log nor salt goes into their checksums, the record around them vouches. */
function travelCodec(): SegmentCodec {
  const context = { logId: new Uint8Array(16), salt: 0, checksum: crc32c(), maxFrameBytes: 2 ** 31 };
  return batchFrameCodec().forSegment(context);
}

const codec = travelCodec();

/** The codec that frames travel in: a log that writes with it can take them over as they are. */
export const TRAVEL_CODEC_ID: number = batchFrameCodec().id;
/** Most records of one append. */
export const MAX_CARRIED_RECORDS: number = batchFrameCodec().maxRecordsPerFrame;

/** Bytes of the frame that a batch becomes. */
export function carriedBytes(batch: RecordBatch): number {
  return codec.frameBytes(batch);
}

/**
 * Writes one part of a write, and answers the position behind it: see `docs/format.md#write-ahead-log`.
 *
 *     0  topic id 8 | 8 partition u32 | 12 frame bytes u32 | 16 frame
 */
export function writePart(
  { topicHalves: [high, low], partition }: { readonly topicHalves: TopicHalves; readonly partition: number },
  batch: RecordBatch,
  target: Buffer,
  position: number,
): number {
  target.writeUInt32BE(high, position);
  target.writeUInt32BE(low, position + 4);
  target.writeUInt32BE(partition, position + 8);
  const frameBytes = codec.encode(batch, target, position + PART_HEAD_BYTES);
  target.writeUInt32BE(frameBytes, position + 12);
  return position + PART_HEAD_BYTES + frameBytes;
}

/** A topic's id as two numbers of 32 bits. */
export type TopicHalves = readonly [high: number, low: number];

export function topicHalves(topicId: string): TopicHalves {
  return [Number.parseInt(topicId.slice(0, 8), 16), Number.parseInt(topicId.slice(8), 16)];
}

/** Throws `UNSUPPORTED_FORMAT` for bytes that are no write: their checksums hold, so no damage made them. */
export function foundWrite(source: Uint8Array): readonly FoundPart[] {
  const view = new DataView(source.buffer, source.byteOffset, source.length);
  const parts: FoundPart[] = [];
  for (let position = 0; position < source.length; ) {
    if (position + PART_HEAD_BYTES > source.length) throw unknownContent();
    const topicId = view.getBigUint64(position).toString(16).padStart(16, '0');
    const start = position + PART_HEAD_BYTES;
    const end = start + view.getUint32(position + 12);
    parts.push(new FoundPart({ topicId, partition: view.getUint32(position + 8) }, source, start, end));
    position = end;
  }
  return parts;
}

/** Records of one partition as they are found in the write-ahead log. The bytes are views of its record. */
export class FoundPart implements PartitionId, PlacedFrame {
  public readonly topicId: string;
  public readonly partition: number;
  public readonly count: number;
  public readonly baseOffset: number;
  public readonly lastOffset: number;
  public readonly offsets: undefined = undefined;
  /** Writer epoch under which the offsets were given. */
  public readonly epoch: number;
  public readonly appendTimeMs: number;
  public readonly minTimestampMs: number;
  public readonly maxTimestampMs: number;
  public readonly tombstones: number;
  public readonly stableUpTo = 0;
  public readonly producer: ProducerStamp | undefined;
  public readonly encoded: Uint8Array;
  readonly #header = new FrameHeader();
  #records: readonly RecordInput[] | undefined;

  /** The frame is `source[position, end)`. */
  public constructor(id: PartitionId, source: Uint8Array, position: number, end: number) {
    const header = this.#header;
    const status = end > source.length ? 'corrupt' : codec.peek(source, position, end, header);
    if (status !== 'frame' || position + header.frameBytes !== end) throw unknownContent();
    this.topicId = id.topicId;
    this.partition = id.partition;
    this.count = header.count;
    this.baseOffset = header.baseOffset;
    this.lastOffset = header.lastOffset;
    this.epoch = header.epoch;
    this.appendTimeMs = header.appendTimeMs;
    this.minTimestampMs = header.minTimestampMs;
    this.maxTimestampMs = header.maxTimestampMs;
    this.tombstones = header.tombstones;
    this.producer = header.hasProducer ? codec.producer(source, position, header) : undefined;
    this.encoded = source.subarray(position, end);
  }

  public get records(): readonly RecordInput[] {
    this.#records ??= recordsOf(this.encoded, this.#header);
    return this.#records;
  }

  /** What there is from an offset on, which lies within. */
  public from(offset: number): PlacedFrame {
    const skipped = offset - this.baseOffset;
    const records = this.records.slice(skipped);
    const times = records.map(({ timestampMs = this.appendTimeMs }) => timestampMs);
    const { epoch, appendTimeMs, stableUpTo, producer } = this;
    return {
      records,
      count: records.length,
      baseOffset: offset,
      offsets: undefined,
      epoch,
      appendTimeMs,
      minTimestampMs: times.reduce((a, b) => Math.min(a, b)),
      maxTimestampMs: times.reduce((a, b) => Math.max(a, b)),
      tombstones: records.filter(({ value }) => value === null).length,
      stableUpTo,
      producer: producer && { ...producer, sequence: producer.sequence + skipped },
      encoded: undefined,
    };
  }
}

function recordsOf(frame: Uint8Array, header: FrameHeader): readonly RecordInput[] {
  const cursor = codec.createCursor();
  const records: RecordInput[] = [];
  cursor.load(frame, 0, header);
  while (cursor.next()) {
    const { key, value, headers, timestampMs } = cursor;
    records.push({ key, value, headers, timestampMs });
  }
  if (cursor.malformed || records.length !== header.count) throw unknownContent();
  return records;
}

export function carriedTopicId(topicId: string): Uint8Array {
  const bytes = new Uint8Array(TOPIC_ID_BYTES);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(`0x${topicId}`));
  return bytes;
}

export function foundTopicId(source: Uint8Array): string {
  if (source.length !== TOPIC_ID_BYTES) throw unknownContent();
  const view = new DataView(source.buffer, source.byteOffset, source.length);
  return view.getBigUint64(0).toString(16).padStart(16, '0');
}

function unknownContent(): SeglogError {
  const sentence = 'the write-ahead log holds what this version does not know; open it with a newer one';
  return new SeglogError('UNSUPPORTED_FORMAT', sentence);
}
