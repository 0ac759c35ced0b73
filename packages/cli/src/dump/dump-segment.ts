import {
  type FrameField,
  type FrameHeader,
  type KnownFormats,
  openStoredSegment,
  type StorageDirectory,
  type StoredPiece,
  type StoredSegmentFile,
  walkStoredFrames,
} from '@seglog/core';
import { toJsonRecord } from '../text/record-json.js';
import type { DumpField, DumpItem } from './dump-items.js';
import { type RecordFilter, wants } from './record-filter.js';

/** Whether a dump goes on. */
export type Emit = (item: DumpItem) => boolean | Promise<boolean>;

export interface SegmentDump {
  readonly directory: StorageDirectory;
  /** Name of the file, and the path to show. */
  readonly file: string;
  readonly path: string;
  readonly formats: KnownFormats;
  readonly filter: RecordFilter;
  readonly show: 'records' | 'frames' | 'bytes';
  readonly emit: Emit;
}

/** Shows a segment from its header to its footer, damage included. False once the reader has had enough. */
export async function dumpSegment(dump: SegmentDump): Promise<boolean> {
  const { directory, file, path, formats, emit, show } = dump;
  const segment = await openStoredSegment(directory, file, formats);
  try {
    if (show !== 'records') {
      const is = segment.footer === undefined ? 'a segment without a footer' : 'a sealed segment';
      if (!(await emit({ type: 'file', file: path, bytes: segment.sizeBytes, is }))) return false;
      if (show === 'bytes' && !(await headerFields(segment, dump))) return false;
    }
    if (segment.codec === undefined) return await emit(unreadable(segment, path));
    let going = true;
    const visit = visitor(segment, dump);
    await walkStoredFrames(segment, async (piece) => {
      going = await visit(piece);
      return going;
    });
    return going;
  } finally {
    await segment.reader.close();
  }
}

function unreadable({ header, sizeBytes }: StoredSegmentFile, file: string): DumpItem {
  const why =
    typeof header === 'string'
      ? header
      : `codec ${header.codecId} or checksum ${header.checksumId} is not known here`;
  return { type: 'bad', file, position: 0, bytes: sizeBytes, why };
}

async function headerFields(
  { header, footer, sizeBytes }: StoredSegmentFile,
  dump: SegmentDump,
): Promise<boolean> {
  const { path, emit } = dump;
  if (typeof header !== 'string') {
    const fields = named(header, HEADER_FIELDS, 0);
    if (!(await emit({ type: 'fields', file: path, of: 'segment header, crc ok', fields }))) return false;
  }
  if (footer === undefined) return true;
  const fields = named(footer, FOOTER_FIELDS, sizeBytes - 128);
  return emit({ type: 'fields', file: path, of: 'segment footer, crc ok', fields });
}

/** Name in docs/format.md's order, place and length. */
type Place = readonly [name: string, position: number, bytes: number];

const HEADER_FIELDS: readonly Place[] = [
  ['codecId', 12, 1],
  ['checksumId', 13, 1],
  ['logId', 16, 16],
  ['id', 32, 8],
  ['predecessorId', 40, 8],
  ['baseOffset', 48, 8],
  ['createdAtMs', 56, 8],
  ['salt', 64, 4],
  ['maxFrameBytes', 68, 4],
];

const FOOTER_FIELDS: readonly Place[] = [
  ['id', 8, 8],
  ['baseOffset', 16, 8],
  ['endPosition', 24, 8],
  ['nextOffset', 32, 8],
  ['recordCount', 40, 8],
  ['minTimestampMs', 48, 8],
  ['maxTimestampMs', 56, 8],
  ['maxAppendTimeMs', 64, 8],
  ['createdAtMs', 72, 8],
  ['tombstones', 80, 8],
  ['framesChecksum', 88, 4],
  ['reason', 92, 1],
];

function named(values: object, places: readonly Place[], start: number): readonly DumpField[] {
  const known = new Map<string, unknown>(Object.entries(values));
  return places.map(([name, position, bytes]) => {
    const value = known.get(name);
    return {
      name,
      position: start + position,
      bytes,
      value: typeof value === 'number' || typeof value === 'string' ? value : 'none',
    };
  });
}

/** Shows each piece of a segment as it passes. */
function visitor(
  segment: StoredSegmentFile,
  dump: SegmentDump,
): (piece: StoredPiece) => boolean | Promise<boolean> {
  const { path: file, emit, show, filter, formats } = dump;
  const cursor = segment.codec?.createCursor();
  const fields =
    typeof segment.header === 'string' ? undefined : formats.codecs.get(segment.header.codecId)?.fields;
  return async (piece) => {
    if (piece.kind !== 'frame') {
      const { kind, position, bytes } = piece;
      const why = kind === 'bad' ? piece.why : 'zeros that were written ahead';
      return show === 'records' && kind === 'blank' ? true : emit({ type: kind, file, position, bytes, why });
    }
    const { header, source, at, position } = piece;
    if (header.baseOffset >= filter.to) return true;
    if (header.lastOffset < filter.from || header.maxTimestampMs < filter.since) return true;
    if (show !== 'records') {
      if (!(await emit(frameItem(file, position, header)))) return false;
      if (show === 'frames' || fields === undefined) return true;
      const values = fields.map((field) => fieldValue(field, source, { at, position }));
      return emit({ type: 'fields', file, of: 'frame header', fields: values });
    }
    if (cursor === undefined) return true;
    cursor.load(source, at, header);
    while (cursor.next()) {
      if (!wants(filter, cursor)) continue;
      const going = emit({ type: 'record', file, ...toJsonRecord(cursor) });
      if (!(typeof going === 'boolean' ? going : await going)) return false;
    }
    return true;
  };
}

function frameItem(file: string, position: number, header: FrameHeader): DumpItem {
  return {
    type: 'frame',
    file,
    position,
    bytes: header.frameBytes,
    crc: 'ok',
    offsets: [header.baseOffset, header.lastOffset],
    records: header.count,
    tombstones: header.tombstones,
    epoch: header.epoch,
    timestampsMs: [header.minTimestampMs, header.maxTimestampMs],
    appendTimeMs: header.appendTimeMs,
    stableUpTo: header.stableUpTo,
  };
}

function fieldValue(
  { name, position, bytes }: FrameField,
  source: Uint8Array,
  frame: { readonly at: number; readonly position: number },
): DumpField {
  const content = source.subarray(frame.at + position, frame.at + position + bytes);
  const isNumber = name !== 'magic' && [1, 2, 4, 8].includes(bytes);
  const hex = Buffer.from(content).toString('hex');
  return {
    name,
    position: frame.position + position,
    bytes,
    value: isNumber ? Number(BigInt(`0x${hex}`)) : hex,
  };
}
