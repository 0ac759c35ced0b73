import { type RecordInput, SeglogError, type WalPosition, type WalRecord } from '@seglog/core';

/** What a piece of a record is. Never 0, so that zeros are no piece. */
const FULL = 1;
const FIRST = 2;
const MIDDLE = 3;
const LAST = 4;
/** Not a piece of a record: what the log says of one of its own segments. */
export const LINK = 5;
const HEAD_BYTES = 6;

/** No record is longer, whatever the settings: what is written can be read under other settings. */
export const MAX_WAL_RECORD_BYTES: number = 1024 * 1024 * 1024;

/**
 * Cuts a record into pieces of at most `pieceBytes`, each of which is one record of the log below. The head of a piece is
 * its key: see `docs/format.md#write-ahead-log`.
 *
 *     0  type u8: 1 full, 2 first, 3 middle, 4 last, 5 link | 1 kind u8 | 2 number of the piece u32
 */
export function cutIntoPieces(payload: Uint8Array, kind: number, pieceBytes: number): readonly RecordInput[] {
  if (payload.length <= pieceBytes) return [{ key: fullHead(kind), value: payload }];
  const count = Math.ceil(payload.length / pieceBytes);
  return Array.from({ length: count }, (_, number) => {
    const type = number === 0 ? FIRST : number === count - 1 ? LAST : MIDDLE;
    const value = payload.subarray(number * pieceBytes, (number + 1) * pieceBytes);
    return { key: head(type, kind, number), value };
  });
}

const FULL_HEADS: Uint8Array[] = [];

/** The head of a record that is one piece: the same for all of a kind. */
function fullHead(kind: number): Uint8Array {
  const known = FULL_HEADS[kind];
  if (known !== undefined) return known;
  const made = head(FULL, kind, 0);
  FULL_HEADS[kind] = made;
  return made;
}

/** The record of the log below that holds a link. */
export function linkPiece(link: Uint8Array): RecordInput {
  return { key: head(LINK, 0, 0), value: link };
}

/** What the first byte of a head says. */
export function pieceType(key: Uint8Array | null): number | undefined {
  return key?.[0];
}

function head(type: number, kind: number, number: number): Uint8Array {
  const bytes = new Uint8Array(HEAD_BYTES);
  bytes[0] = type;
  bytes[1] = kind;
  new DataView(bytes.buffer).setUint32(2, number);
  return bytes;
}

interface Chain {
  readonly kind: number;
  readonly lsn: number;
  nextLsn: number;
  bytes: number;
  readonly parts: Uint8Array[];
}

/**
 * Joins pieces to records. A record counts only when all its pieces are there, one behind the other: a chain that does not
 * end is what a crash or a full disk left of a record that nobody was told is durable.
 */
export class PieceJoiner {
  #chain: Chain | undefined;
  #incomplete = 0;

  /** Records that were begun and not ended, so far. */
  public get incomplete(): number {
    return this.#incomplete + (this.#chain === undefined ? 0 : 1);
  }

  /** The record that the piece completes. The bytes are copied. */
  public take(lsn: number, key: Uint8Array | null, value: Uint8Array | null): WalRecord | undefined {
    const { type, kind, number } = pieceHead(key, lsn);
    if (type === LINK) return undefined;
    const bytes = value ?? new Uint8Array(0);
    if (type === FULL || type === FIRST) {
      this.#giveUp();
      if (type === FULL) return { lsn, nextLsn: lsn + 1, kind, payload: Uint8Array.from(bytes) };
      this.#chain = { kind, lsn, nextLsn: lsn + 1, bytes: bytes.length, parts: [Uint8Array.from(bytes)] };
      return undefined;
    }
    const chain = this.#chain;
    if (chain === undefined || !continues(chain, { lsn, kind, number })) {
      this.#giveUp();
      return undefined;
    }
    chain.nextLsn = lsn + 1;
    chain.bytes += bytes.length;
    requireBounded(chain);
    chain.parts.push(Uint8Array.from(bytes));
    if (type === MIDDLE) return undefined;
    this.#chain = undefined;
    return joined(chain);
  }

  #giveUp(): void {
    if (this.#chain !== undefined) this.#incomplete += 1;
    this.#chain = undefined;
  }
}

function continues(
  chain: Chain,
  piece: { readonly lsn: number; readonly kind: number; readonly number: number },
): boolean {
  return piece.lsn === chain.nextLsn && piece.kind === chain.kind && piece.number === chain.parts.length;
}

function joined({ kind, lsn, nextLsn, bytes, parts }: Chain): WalRecord & WalPosition {
  const payload = new Uint8Array(bytes);
  let position = 0;
  for (const part of parts) {
    payload.set(part, position);
    position += part.length;
  }
  return { kind, lsn, nextLsn, payload };
}

function pieceHead(
  key: Uint8Array | null,
  lsn: number,
): { readonly type: number; readonly kind: number; readonly number: number } {
  const type = pieceType(key);
  if (key?.length !== HEAD_BYTES || type === undefined || type < FULL || type > LINK) {
    const sentence = 'the write-ahead log holds what this version does not know; open it with a newer one';
    throw new SeglogError('UNSUPPORTED_FORMAT', sentence, { lsn });
  }
  const view = new DataView(key.buffer, key.byteOffset, key.length);
  return { type, kind: view.getUint8(1), number: view.getUint32(2) };
}

/** A checksum vouches for each piece, so only a bug or a forger gets here: memory is bounded all the same. */
function requireBounded({ bytes, lsn }: Chain): void {
  if (bytes <= MAX_WAL_RECORD_BYTES) return;
  const facts = { lsn, bytes, maxBytes: MAX_WAL_RECORD_BYTES };
  throw new SeglogError(
    'UNSUPPORTED_FORMAT',
    'a record of the write-ahead log is longer than any can be',
    facts,
  );
}
