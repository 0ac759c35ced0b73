import type { Checksum } from '../contract/checksum.js';
import { ChecksumTable } from './checksum-table.js';
import { type NativeChecksum, nativeChecksum } from './native-checksum.js';

/** Below this a native call costs more than it saves. */
const NATIVE_MIN_BYTES = 160;

const CRC32C: ChecksumKind = { id: 1, name: 'crc32c', polynomial: 0x82f63b78, proof: 0xe3069283 };
const CRC32: ChecksumKind = { id: 2, name: 'crc32', polynomial: 0xedb88320, proof: 0xcbf43926 };

/**
 * CRC-32C (Castagnoli), the default. Ranges of 160 bytes and more go to `native` (one small view per call), without one to
 * `@node-rs/crc32` where it loads; all others to a table in JavaScript: same results. `RangeError` for a `native` that does
 * not compute CRC-32C.
 */
export function crc32c(native?: NativeChecksum): Checksum {
  if (native !== undefined) return new AcceleratedChecksum(CRC32C, native);
  crc32cShared ??= new AcceleratedChecksum(CRC32C);
  return crc32cShared;
}

/** CRC-32 as in zlib, gzip and PNG. Otherwise like {@link crc32c}. */
export function crc32(native?: NativeChecksum): Checksum {
  if (native !== undefined) return new AcceleratedChecksum(CRC32, native);
  crc32Shared ??= new AcceleratedChecksum(CRC32);
  return crc32Shared;
}

/** Whether long checksums run natively here. Loads the native package if that was not tried yet. */
export function checksumAcceleration(): 'native' | 'javascript' {
  return nativeChecksum(CRC32C.name, CRC32C.proof) === undefined ? 'javascript' : 'native';
}

let crc32cShared: Checksum | undefined;
let crc32Shared: Checksum | undefined;

interface ChecksumKind {
  readonly id: number;
  readonly name: string;
  readonly polynomial: number;
  /** Checksum of the ASCII digits 1 to 9. */
  readonly proof: number;
}

class AcceleratedChecksum implements Checksum {
  public readonly id: number;
  public readonly name: string;
  readonly #proof: number;
  readonly #table: ChecksumTable;
  #native: NativeChecksum | undefined;
  #nativeTried: boolean;

  public constructor(kind: ChecksumKind, native?: NativeChecksum) {
    this.id = kind.id;
    this.name = kind.name;
    this.#proof = kind.proof;
    this.#table = new ChecksumTable(kind.polynomial);
    this.#native = native;
    this.#nativeTried = native !== undefined;
    if (native !== undefined && !agrees(native, this.#table)) {
      throw new RangeError(`the native function does not compute ${kind.name}`);
    }
  }

  public of(source: Uint8Array, start: number, end: number, seed: number): number {
    if (!(start >= 0 && start <= end && end <= source.length)) {
      throw new RangeError(`a checksum needs 0 <= start <= end <= ${source.length}, not ${start} and ${end}`);
    }
    if (end - start >= NATIVE_MIN_BYTES) {
      if (!this.#nativeTried) this.#loadNative();
      if (this.#native !== undefined) return this.#native(source.subarray(start, end), seed);
    }
    return this.#table.of(source, start, end, seed);
  }

  #loadNative(): void {
    this.#nativeTried = true;
    this.#native = nativeChecksum(this.name, this.#proof);
  }
}

/** Whether a function computes what the table does, for ranges that a fast one takes in different ways. */
function agrees(native: NativeChecksum, table: ChecksumTable): boolean {
  const source = Uint8Array.from({ length: 8192 }, (_, i) => i * 7 + (i >> 8));
  return [0, 9, NATIVE_MIN_BYTES, 1023, 8000].every((bytes) => {
    const [start, end] = [3, 3 + bytes];
    return native(source.subarray(start, end), bytes) === table.of(source, start, end, bytes);
  });
}
