import { MAX_CBOR_DEPTH } from './plain-value.js';
import { decodeUtf8 } from './strict-utf8.js';

/**
 * Reads one CBOR item of plain data, with definite lengths, string keys and no tags (RFC 8949). Throws `TypeError` for
 * anything else. Not cbor-x: its decoder cannot be told to forget its tags, and it drops a leading byte order mark.
 */
export function decodePlainCbor(bytes: Uint8Array): unknown {
  const reader = new PlainCborReader(bytes);
  const open: OpenItem[] = [];
  let root: unknown;
  do {
    const parent = open.at(-1);
    const key = parent instanceof OpenMap ? reader.key() : '';
    const item = reader.item();
    const value = item instanceof OpenArray || item instanceof OpenMap ? item.value : item;
    if (parent === undefined) root = value;
    else parent.add(value, key);
    if (item instanceof OpenArray || item instanceof OpenMap) open.push(item);
    requirePlain(open.length <= MAX_CBOR_DEPTH, 'it is too deep');
    while (open.at(-1)?.left === 0) open.pop();
  } while (open.length > 0);
  reader.requireEnd();
  return root;
}

type OpenItem = OpenArray | OpenMap;

class OpenArray {
  public readonly value: unknown[] = [];
  public left: number;

  public constructor(items: number) {
    this.left = items;
  }

  public add(value: unknown): void {
    this.value.push(value);
    this.left--;
  }
}

class OpenMap {
  public readonly value: Record<string, unknown> = {};
  public left: number;

  public constructor(pairs: number) {
    this.left = pairs;
  }

  public add(value: unknown, key: string): void {
    this.value[key] = value;
    this.left--;
  }
}

const KIND = { uint: 0, negative: 1, bytes: 2, text: 3, array: 4, map: 5, tag: 6 } as const;

const SIMPLE = new Map<number, unknown>([
  [20, false],
  [21, true],
  [22, null],
  [23, undefined],
]);

class PlainCborReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  public constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** A value, or an array or map whose members come next. */
  public item(): unknown {
    const initial = this.#view.getUint8(this.#pass(1));
    const kind = initial >> 5;
    const info = initial & 0x1f;
    requirePlain(kind !== KIND.tag, 'it has a tag');
    if (kind > KIND.tag) return this.#simple(info);
    if (kind <= KIND.negative) return this.#integer(kind, info);
    const length = Number(this.#number(info));
    if (kind === KIND.text) return this.#text(length);
    // Copied with a constructor, because a Buffer's slice would share.
    if (kind === KIND.bytes) return new Uint8Array(this.#bytes.subarray(this.#pass(length), this.#at));
    const least = kind === KIND.map ? length * 2 : length;
    requirePlain(least <= this.#bytes.length - this.#at, 'its end is missing');
    return kind === KIND.map ? new OpenMap(length) : new OpenArray(length);
  }

  public key(): string {
    const initial = this.#view.getUint8(this.#pass(1));
    requirePlain(initial >> 5 === KIND.text, 'a key is no text');
    const key = this.#text(Number(this.#number(initial & 0x1f)));
    requirePlain(key !== '__proto__', 'a key is not allowed');
    return key;
  }

  public requireEnd(): void {
    requirePlain(this.#at === this.#bytes.length, 'bytes are left over');
  }

  #integer(kind: number, info: number): number | bigint {
    const value = this.#number(info);
    if (kind === KIND.uint) return value;
    return typeof value === 'bigint' ? -1n - value : -1 - value;
  }

  #simple(info: number): unknown {
    if (SIMPLE.has(info)) return SIMPLE.get(info);
    requirePlain(info >= 25 && info <= 27, 'it has an unknown simple value');
    if (info === 25) return halfFloat(this.#view.getUint16(this.#pass(2)));
    return info === 26 ? this.#view.getFloat32(this.#pass(4)) : this.#view.getFloat64(this.#pass(8));
  }

  #text(bytes: number): string {
    return decodeUtf8(this.#bytes.subarray(this.#pass(bytes), this.#at));
  }

  #number(info: number): number | bigint {
    if (info < 24) return info;
    if (info === 24) return this.#view.getUint8(this.#pass(1));
    if (info === 25) return this.#view.getUint16(this.#pass(2));
    if (info === 26) return this.#view.getUint32(this.#pass(4));
    requirePlain(info === 27, 'a length is unknown');
    return this.#view.getBigUint64(this.#pass(8));
  }

  /** Answers the position before `bytes` that are there. */
  #pass(bytes: number): number {
    const start = this.#at;
    requirePlain(bytes <= this.#bytes.length - start, 'its end is missing');
    this.#at = start + bytes;
    return start;
  }
}

function halfFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

function requirePlain(holds: boolean, problem: string): void {
  if (!holds) throw new TypeError(`the bytes are not plain CBOR: ${problem}`);
}
