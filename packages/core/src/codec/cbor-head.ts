/** The kinds of CBOR items that a plain frame holds (RFC 8949, section 3.1). */
export const CBOR = { uint: 0, bytes: 2, text: 3, array: 4 } as const;

/** Null, a whole item. */
export const CBOR_NULL = 0xf6;

/** Length of an item's head in its shortest form: the only one that is written or read. */
export function cborHeadBytes(value: number): number {
  if (value < 24) return 1;
  if (value < 0x100) return 2;
  if (value < 0x1_0000) return 3;
  return value < 0x1_0000_0000 ? 5 : 9;
}

/** Writes a kind with its number, a safe integer; answers the position after it. */
export function writeCborHead(target: Uint8Array, position: number, kind: number, value: number): number {
  const bytes = cborHeadBytes(value);
  const top = kind << 5;
  if (bytes === 1) {
    target[position] = top | value;
    return position + 1;
  }
  // 24 to 27 announce 1, 2, 4 or 8 bytes.
  target[position] = top | (23 + Math.ceil(Math.log2(bytes)));
  let rest = value;
  for (let at = position + bytes - 1; at > position; at--) {
    target[at] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  return position + bytes;
}

/** Reads item after item below an end, allocating nothing. Each method answers -1 when the item is not what was asked for. */
export class CborReader {
  /** Position after the last item's head. */
  public at = 0;
  #source: Uint8Array = new Uint8Array(0);
  #end = 0;

  public start(source: Uint8Array, position: number, end: number): void {
    this.#source = source;
    this.at = position;
    this.#end = end;
  }

  /** The number of an item of this kind. */
  public head(kind: number): number {
    const initial = this.at < this.#end ? (this.#source[this.at] as number) : 0xff;
    if (initial >> 5 !== kind) return -1;
    this.at++;
    const info = initial & 0x1f;
    if (info < 24) return info;
    return info > 27 ? -1 : this.#number(1 << (info - 24));
  }

  /** Length of a string of this kind, passed whole; it starts at `at` minus this length. */
  public string(kind: number): number {
    const bytes = this.head(kind);
    if (bytes < 0 || bytes > this.#end - this.at) return -1;
    this.at += bytes;
    return bytes;
  }

  public isNull(): boolean {
    if (this.at >= this.#end || this.#source[this.at] !== CBOR_NULL) return false;
    this.at++;
    return true;
  }

  public get ended(): boolean {
    return this.at === this.#end;
  }

  #number(bytes: number): number {
    if (bytes > this.#end - this.at) return -1;
    let value = 0;
    for (let left = bytes; left > 0; left--) value = value * 256 + (this.#source[this.at++] as number);
    return value <= Number.MAX_SAFE_INTEGER && cborHeadBytes(value) === bytes + 1 ? value : -1;
  }
}
