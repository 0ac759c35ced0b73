import {
  batchFrameCodec,
  type Checksum,
  crc32,
  crc32c,
  crcFrameCodec,
  type FrameCodec,
  type StorageDirectory,
} from '@seglog/core';
import { checkLog, holdsLog } from './check-log.js';
import { checkRoot } from './check-root.js';
import { Findings, type InvariantReport } from './finding.js';

export interface InvariantOptions {
  /** Codecs beside the two of the core that segments may be written with. */
  readonly codecs?: readonly FrameCodec[];
  /** Checksums beside the two of the core. */
  readonly checksums?: readonly Checksum[];
}

/**
 * Reads a log directory, or a whole data root, and says what in it breaks an invariant: manifest against files, headers,
 * footers and links, every frame and record, offsets and epochs, sidecars against frames, marks, and the catalog against
 * the directories of topics. Changes nothing, takes no lock, and must not run beside a writer. Decodes with its own reading
 * of docs/format.md wherever the engine's would prove nothing.
 *
 * A store that is not empty and that no crash has touched gives no finding and no leftover; after a crash there are
 * leftovers; a finding is damage, or a bug. Holds one segment file in memory at a time. Rejects with `STORAGE` only.
 */
export async function checkInvariants(
  directory: StorageDirectory,
  options: InvariantOptions = {},
): Promise<InvariantReport> {
  const codecs = [batchFrameCodec(), crcFrameCodec(), ...(options.codecs ?? [])];
  const checksums = [crc32c(), crc32(), ...(options.checksums ?? [])];
  const formats = {
    codecs: new Map(codecs.map((codec) => [codec.id, codec])),
    checksums: new Map(checksums.map((checksum) => [checksum.id, checksum])),
    crc32c: crc32c(),
  };
  const findings = new Findings();
  if (await holdsLog(directory)) await checkLog(directory, formats, findings);
  else await checkRoot(directory, formats, findings);
  return findings.report();
}
