/** Reads big-endian fields by their place, as docs/format.md states them: a second reading of the format, beside the engine's. */
export class StoredNumbers {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;

  public constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  public u8(at: number): number {
    return this.#view.getUint8(at);
  }

  public u16(at: number): number {
    return this.#view.getUint16(at);
  }

  public u32(at: number): number {
    return this.#view.getUint32(at);
  }

  /** NaN beyond what a safe integer holds: it equals nothing, so every comparison with it fails. */
  public u64(at: number): number {
    const value = Number(this.#view.getBigUint64(at));
    return Number.isSafeInteger(value) ? value : Number.NaN;
  }

  /** As `u64`, signed. */
  public i64(at: number): number {
    const value = Number(this.#view.getBigInt64(at));
    return Number.isSafeInteger(value) ? value : Number.NaN;
  }

  public ascii(at: number, bytes: number): string {
    return Buffer.from(this.#bytes.subarray(at, at + bytes)).toString('latin1');
  }

  public hex(at: number, bytes: number): string {
    return Buffer.from(this.#bytes.subarray(at, at + bytes)).toString('hex');
  }

  public zeros(from: number, to: number): boolean {
    return this.#bytes.subarray(from, to).every((byte) => byte === 0);
  }
}
