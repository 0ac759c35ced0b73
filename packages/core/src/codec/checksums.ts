import type { Checksum } from '../contract/checksum.js';
import { ChecksumTable } from './checksum-table.js';
import { type NativeChecksum, nativeChecksum } from './native-checksum.js';

/** Below this a native call costs more than it saves. */
const NATIVE_MIN_BYTES = 160;

const CRC32C: ChecksumKind = { id: 1, name: 'crc32c', polynomial: 0x82f63b78, proof: 0xe3069283 };
const CRC32: ChecksumKind = { id: 2, name: 'crc32', polynomial: 0xedb88320, proof: 0xcbf43926 };

/**
 * CRC-32C (Castagnoli), the default. Ranges of 160 bytes and more go to `native` (one small view per call), without one to
 * `@node-rs/crc32` where it loads; all others to a table in JavaScript: same results. `RangeError` for a `native` that fails
 * or differs from the table anywhere in a trial of lengths up to a mebibyte and of seeds up to 2^32 - 1.
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
    if (native !== undefined) requireAgreement(native, this.#table, kind.name);
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

/** Lengths that a fast function takes in different ways, each with the seeds it is tried from: signs and sizes differ. */
const TRIALS = [
  ...[0, 9, NATIVE_MIN_BYTES, 1023, 8192, 65_537].map((bytes) => ({
    bytes,
    seeds: [0, 1, 2 ** 31 - 1, 2 ** 32 - 1],
  })),
  { bytes: 2 ** 20, seeds: [2 ** 31] },
];
/** Where the ranges begin: at no multiple of anything. */
const TRIAL_START = 3;

/** A function that is wrong now and then would write frames that nobody else can verify. */
function requireAgreement(native: NativeChecksum, table: ChecksumTable, name: string): void {
  const source = Uint8Array.from({ length: 2 ** 20 + TRIAL_START }, (_, i) => i * 7 + (i >> 8));
  for (const { bytes, seeds } of TRIALS) {
    const end = TRIAL_START + bytes;
    for (const seed of seeds) {
      const found = tried(native, source.subarray(TRIAL_START, end), { seed, name });
      const expected = table.of(source, TRIAL_START, end, seed);
      if (found === expected) continue;
      const sign = found === (expected | 0) ? '; results are unsigned, as `>>> 0` makes them' : '';
      throw new RangeError(
        `the native function does not compute ${name}: ${bytes} bytes from seed ${seed} are ${expected}, not ${found}${sign}`,
      );
    }
  }
}

function tried(native: NativeChecksum, input: Uint8Array, trial: { seed: number; name: string }): number {
  const { seed, name } = trial;
  try {
    return native(input, seed);
  } catch (cause) {
    const what = `${input.length} bytes from seed ${seed}`;
    throw new RangeError(`the native function does not compute ${name}: it fails for ${what}`, { cause });
  }
}
