import {
  type Checksum,
  checkStore,
  type FrameCodec,
  type InvariantId,
  knownFormats,
  type StorageDirectory,
  type StoreCounts,
  type StoreFinding,
} from '@seglog/core';

export interface InvariantOptions {
  /** Codecs beside the two of the core that segments may be written with. */
  readonly codecs?: readonly FrameCodec[];
  /** Checksums beside the two of the core. */
  readonly checksums?: readonly Checksum[];
}

/** Something that must never be there, whatever crashed before. */
export interface InvariantFinding {
  readonly invariant: InvariantId;
  /** Path from the directory that was checked. */
  readonly file: string;
  /** Byte in the file, where the finding has one. */
  readonly position: number | undefined;
  readonly message: string;
}

/** What a crash may leave and the next opening tidies: a torn tail, a temporary, a file that no manifest names. */
export interface Leftover {
  readonly file: string;
  readonly message: string;
}

export interface InvariantReport extends StoreCounts {
  /** Empty for a healthy store. */
  readonly findings: readonly InvariantFinding[];
  /** Empty for a store that was closed cleanly. */
  readonly leftovers: readonly Leftover[];
}

/**
 * Reads a log directory, or a whole data root, and says what in it breaks an invariant, as `checkStore` of the core finds
 * it: every byte that anything vouches for is read. Changes nothing and takes no lock.
 *
 * A store that is not empty and that no crash has touched gives no finding and no leftover; after a crash there are
 * leftovers; a finding is damage, or a bug. Rejects with `STORAGE` only.
 */
export async function checkInvariants(
  directory: StorageDirectory,
  options: InvariantOptions = {},
): Promise<InvariantReport> {
  const { findings, ...counts } = await checkStore(directory, knownFormats(options));
  return {
    findings: findings.filter(isBroken).map(asBroken),
    leftovers: findings.filter(isLeftover).map(asLeftover),
    ...counts,
  };
}

/** What cannot be checked proves nothing: the kit is told of every format. */
const isBroken = ({ severity }: StoreFinding): boolean => severity === 'damage' || severity === 'unknown';

function asBroken({ invariant = 'I6', file, position, message }: StoreFinding): InvariantFinding {
  return { invariant, file, position, message };
}

const asLeftover = ({ file, message }: StoreFinding): Leftover => ({ file, message });

/** Of what is derived, an opening makes indexes anew; the rest stays as it is until it is written over. */
function isLeftover({ severity, file }: StoreFinding): boolean {
  return severity === 'leftover' || (severity === 'derived' && file.endsWith('.idx'));
}
