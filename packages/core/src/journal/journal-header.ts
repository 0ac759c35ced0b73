import type { Checksum } from '../contract/checksum.js';
import { SeglogError } from '../contract/error.js';
import { corruptJournal } from './journal-error.js';

export const JOURNAL_HEADER_BYTES = 64;
const MAGIC = [0xff, 0x53, 0x45, 0x47, 0x4a, 0x52, 0x4e, 0x4c];
const FORMAT_VERSION = 1;

export interface JournalHeader {
  /** 16 random bytes, of this file alone. */
  readonly id: Uint8Array;
  /** Number in the file's name. */
  readonly number: number;
  /** Sequence number of the first edit. */
  readonly firstSequence: number;
  /** The file was named by `CURRENT` only when every edit up to here was durable in it; `firstSequence - 1` for none. */
  readonly initialSequence: number;
}

/**
 *     0  magic FF "SEGJRNL" | 8 format version u16 | 10 checksum id u8 | 11 zero
 *    12  id, 16 bytes | 28 number u64 | 36 first sequence u64 | 44 initial sequence u64 | 52 zeros
 *    60  CRC of bytes 0-60 u32
 */
export function encodeJournalHeader(header: JournalHeader, checksum: Checksum): Uint8Array {
  const bytes = new Uint8Array(JOURNAL_HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  bytes.set(MAGIC);
  view.setUint16(8, FORMAT_VERSION);
  view.setUint8(10, checksum.id);
  bytes.set(header.id, 12);
  view.setBigUint64(28, BigInt(header.number));
  view.setBigUint64(36, BigInt(header.firstSequence));
  view.setBigUint64(44, BigInt(header.initialSequence));
  view.setUint32(60, checksum.of(bytes, 0, 60, 0));
  return bytes;
}

/**
 * Throws `UNSUPPORTED_FORMAT` for a newer version and for another checksum, `CORRUPT_METADATA` for anything else that is
 * not a header.
 */
export function decodeJournalHeader(source: Uint8Array, file: string, checksum: Checksum): JournalHeader {
  if (source.length < JOURNAL_HEADER_BYTES || !MAGIC.every((byte, at) => source[at] === byte)) {
    throw corruptJournal('the file does not start with a journal header', { file, position: 0 });
  }
  const view = new DataView(source.buffer, source.byteOffset, JOURNAL_HEADER_BYTES);
  requireKnown(file, view.getUint16(8), view.getUint8(10), checksum);
  if (checksum.of(source, 0, 60, 0) !== view.getUint32(60)) {
    throw corruptJournal('the journal header fails its checksum', { file, position: 0 });
  }
  return {
    id: source.slice(12, 28),
    number: Number(view.getBigUint64(28)),
    firstSequence: Number(view.getBigUint64(36)),
    initialSequence: Number(view.getBigUint64(44)),
  };
}

/** Looked at before the checksum: a newer version may compute it in another way. */
function requireKnown(file: string, version: number, checksumId: number, checksum: Checksum): void {
  if (version > FORMAT_VERSION) {
    throw new SeglogError(
      'UNSUPPORTED_FORMAT',
      'the journal was written by a newer version (or its header is damaged); open it with that version',
      { file, version, supported: FORMAT_VERSION },
    );
  }
  if (checksumId !== checksum.id) {
    throw new SeglogError(
      'UNSUPPORTED_FORMAT',
      'the journal was written with another checksum (or its header is damaged); open it with the checksum it was made with',
      { file, checksumId, given: checksum.id },
    );
  }
}
