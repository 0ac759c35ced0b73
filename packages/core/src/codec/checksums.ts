import type { Checksum } from '../contract/checksum.js';
import { ChecksumTable } from './checksum-table.js';
import { type NativeChecksum, nativeChecksum } from './native-checksum.js';

/** Below this a native call costs more than it saves. */
const NATIVE_MIN_BYTES = 160;

/**
 * CRC-32C (Castagnoli), the default. Ranges of 160 bytes and more go to `@node-rs/crc32` where it loads (one small view
 * per call), all others to a table in JavaScript: same results.
 */
export function crc32c(): Checksum {
  crc32cShared ??= new AcceleratedChecksum({
    id: 1,
    name: 'crc32c',
    polynomial: 0x82f63b78,
    proof: 0xe3069283,
  });
  return crc32cShared;
}

/** CRC-32 as in zlib, gzip and PNG. Otherwise like {@link crc32c}. */
export function crc32(): Checksum {
  crc32Shared ??= new AcceleratedChecksum({
    id: 2,
    name: 'crc32',
    polynomial: 0xedb88320,
    proof: 0xcbf43926,
  });
  return crc32Shared;
}

/** Whether long checksums run natively here. Loads the native package if that was not tried yet. */
export function checksumAcceleration(): 'native' | 'javascript' {
  return nativeChecksum('crc32c', 0xe3069283) === undefined ? 'javascript' : 'native';
}

let crc32cShared: Checksum | undefined;
let crc32Shared: Checksum | undefined;

interface ChecksumKind {
  readonly id: number;
  readonly name: 'crc32c' | 'crc32';
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
  #nativeTried = false;

  public constructor(kind: ChecksumKind) {
    this.id = kind.id;
    this.name = kind.name;
    this.#proof = kind.proof;
    this.#table = new ChecksumTable(kind.polynomial);
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
