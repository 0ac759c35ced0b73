import type { Checksum } from '../contract/checksum.js';
import { invariant } from '../invariant.js';

export const FRAME_HEADER_BYTES = 40;

/** No UTF-8 text holds this byte, so the payload of an edit never looks like the start of a frame. */
export const FRAME_FIRST_BYTE = 0xff;
const EDIT_MAGIC = 0xff534a45;
const MARK_MAGIC = 0xff534a4d;

export interface JournalFrame {
  /** `edit` carries edits; `mark` has no payload and only states what is durable. */
  readonly kind: 'edit' | 'mark';
  readonly payloadBytes: number;
  /** Number of this edit, dense within a journal; of a mark, the number of the edit before it. */
  readonly sequence: number;
  /** Every edit up to this number was durable when the frame was built: once true, true for ever. */
  readonly proven: number;
  /** Link of the edit before, so that a frame of another past of this file is never taken for the next one. */
  readonly previous: number;
  /** Chosen at random at each open: makes equal edits of different runs differ, and with them their links. */
  readonly nonce: number;
}

/** A frame as read: its header verified, its payload not yet. `link` is the checksum over header and payload. */
export interface ReadFrame extends JournalFrame {
  readonly headerCrc: number;
  readonly link: number;
}

/**
 * Writes and verifies the frames of one journal file, whose random id goes into every checksum.
 *
 *     0  magic u32 | 4 payload bytes u32 | 8 sequence u64 | 16 proven u64 | 24 previous u32 | 28 nonce u32
 *    32  CRC of bytes 0-32, seeded with the CRC of the file's id, u32
 *    36  CRC of the payload, seeded with the CRC before, u32
 *    40  payload, UTF-8 JSON: an array of edits
 */
export class JournalFrames {
  readonly #checksum: Checksum;
  readonly #seed: number;

  public constructor(checksum: Checksum, journalId: Uint8Array) {
    this.#checksum = checksum;
    this.#seed = checksum.of(journalId, 0, journalId.length, 0);
  }

  /** The bytes of a frame and the link that the next edit states as `previous`. */
  public encode(
    frame: Omit<JournalFrame, 'payloadBytes'>,
    payload: Uint8Array,
  ): { bytes: Uint8Array; link: number } {
    invariant(
      Number.isSafeInteger(frame.sequence) && frame.proven <= frame.sequence,
      'journal frame out of order',
    );
    const bytes = new Uint8Array(FRAME_HEADER_BYTES + payload.length);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, frame.kind === 'edit' ? EDIT_MAGIC : MARK_MAGIC);
    view.setUint32(4, payload.length);
    view.setBigUint64(8, BigInt(frame.sequence));
    view.setBigUint64(16, BigInt(frame.proven));
    view.setUint32(24, frame.previous);
    view.setUint32(28, frame.nonce);
    const headerCrc = this.#checksum.of(bytes, 0, 32, this.#seed);
    const link = this.#checksum.of(payload, 0, payload.length, headerCrc);
    view.setUint32(32, headerCrc);
    view.setUint32(36, link);
    bytes.set(payload, FRAME_HEADER_BYTES);
    return { bytes, link };
  }

  /** The frame whose header starts at `source[0]`; undefined when those bytes are not a header of this file. */
  public header(source: Uint8Array): ReadFrame | undefined {
    if (source.length < FRAME_HEADER_BYTES || source[0] !== FRAME_FIRST_BYTE) return undefined;
    const view = new DataView(source.buffer, source.byteOffset, FRAME_HEADER_BYTES);
    const magic = view.getUint32(0);
    const headerCrc = view.getUint32(32);
    if (magic !== EDIT_MAGIC && magic !== MARK_MAGIC) return undefined;
    if (this.#checksum.of(source, 0, 32, this.#seed) !== headerCrc) return undefined;
    return {
      kind: magic === EDIT_MAGIC ? 'edit' : 'mark',
      payloadBytes: view.getUint32(4),
      sequence: Number(view.getBigUint64(8)),
      proven: Number(view.getBigUint64(16)),
      previous: view.getUint32(24),
      nonce: view.getUint32(28),
      headerCrc,
      link: view.getUint32(36),
    };
  }

  public holds(frame: ReadFrame, payload: Uint8Array): boolean {
    if (payload.length !== frame.payloadBytes) return false;
    return this.#checksum.of(payload, 0, payload.length, frame.headerCrc) === frame.link;
  }
}
