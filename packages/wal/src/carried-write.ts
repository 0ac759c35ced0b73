import {
  batchFrameCodec,
  crc32c,
  FrameHeader,
  type ProducerStamp,
  type RecordBatch,
  type RecordInput,
  SeglogError,
  type SegmentCodec,
} from '@seglog/core';

/** What a record of the engine's write-ahead log is: its kind. */
export const WRITE = 1;
export const FORGET = 2;

const PART_HEAD_BYTES = 16;
const TOPIC_ID_BYTES = 8;

/** Which partition of which topic, for ever: a topic that is made again under a name has another id. */
export interface PartitionId {
  /** 16 hexadecimal digits. */
  readonly topicId: string;
  readonly partition: number;
}

/** Records of one partition as the write-ahead log carries them. */
export interface CarriedPart extends PartitionId {
  readonly batch: RecordBatch;
  readonly frameBytes: number;
}

/** Records of one partition as they are found in the write-ahead log. The bytes are views of its record. */
export interface FoundPart extends PartitionId {
  readonly baseOffset: number;
  readonly lastOffset: number;
  /** Writer epoch under which the offsets were given. */
  readonly epoch: number;
  readonly appendTimeMs: number;
  readonly producer: ProducerStamp | undefined;
  records(): readonly RecordInput[];
}

/** Frames travel without a segment: neither log nor salt goes into their checksums, the record around them vouches. */
function travelCodec(): SegmentCodec {
  const context = { logId: new Uint8Array(16), salt: 0, checksum: crc32c(), maxFrameBytes: 2 ** 31 };
  return batchFrameCodec().forSegment(context);
}

const codec = travelCodec();

/** Most records of one append. */
export const MAX_CARRIED_RECORDS: number = batchFrameCodec().maxRecordsPerFrame;

/** Bytes of the frame that a batch becomes. */
export function carriedBytes(batch: RecordBatch): number {
  return codec.frameBytes(batch);
}

/**
 * The parts of one write, one behind the other: see `docs/format.md#write-ahead-log`.
 *
 *     0  topic id 8 | 8 partition u32 | 12 frame bytes u32 | 16 frame
 */
export function carriedWrite(parts: readonly CarriedPart[]): Uint8Array {
  let bytes = 0;
  for (const { frameBytes } of parts) bytes += PART_HEAD_BYTES + frameBytes;
  // Small ones share memory: one that has its own costs more than all that is done with it.
  const target = Buffer.allocUnsafe(bytes);
  let position = 0;
  for (const { topicId, partition, frameBytes, batch } of parts) {
    target.write(topicId, position, 'hex');
    target.writeUInt32BE(partition, position + 8);
    target.writeUInt32BE(frameBytes, position + 12);
    codec.encode(batch, target, position + PART_HEAD_BYTES);
    position += PART_HEAD_BYTES + frameBytes;
  }
  return target;
}

/** Throws `UNSUPPORTED_FORMAT` for bytes that are no write: their checksums hold, so no damage made them. */
export function foundWrite(source: Uint8Array): readonly FoundPart[] {
  const view = new DataView(source.buffer, source.byteOffset, source.length);
  const parts: FoundPart[] = [];
  for (let position = 0; position < source.length; ) {
    if (position + PART_HEAD_BYTES > source.length) throw unknownContent();
    const id = {
      topicId: view.getBigUint64(position).toString(16).padStart(16, '0'),
      partition: view.getUint32(position + 8),
    };
    const end = position + PART_HEAD_BYTES + view.getUint32(position + 12);
    parts.push({ ...id, ...foundFrame(source, position + PART_HEAD_BYTES, end) });
    position = end;
  }
  return parts;
}

function foundFrame(source: Uint8Array, position: number, end: number): Omit<FoundPart, keyof PartitionId> {
  const header = new FrameHeader();
  const status = end > source.length ? 'corrupt' : codec.peek(source, position, end, header);
  if (status !== 'frame' || position + header.frameBytes !== end) throw unknownContent();
  const { baseOffset, lastOffset, epoch, appendTimeMs } = header;
  return {
    baseOffset,
    lastOffset,
    epoch,
    appendTimeMs,
    producer: header.hasProducer ? codec.producer(source, position, header) : undefined,
    records: () => recordsOf(source, position, header),
  };
}

function recordsOf(source: Uint8Array, position: number, header: FrameHeader): readonly RecordInput[] {
  const cursor = codec.createCursor();
  const records: RecordInput[] = [];
  cursor.load(source, position, header);
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
