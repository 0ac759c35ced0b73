import type { StorageDirectory } from '../contract/storage-directory.js';
import { holdsLog } from './check-log.js';
import { checkRoot } from './check-root.js';
import type { KnownFormats } from './check-segment.js';
import { Findings, type StoreReport } from './finding.js';
import { checkSettledLog } from './settled-check.js';

export interface CheckStoreOptions {
  /**
   * Whether every frame, record and index entry is read. Default true. Without it, only what opening the store would look
   * at: metadata, headers, footers, lengths, and the end of each log.
   */
  readonly deep?: boolean | undefined;
  /** Told how many bytes of the segment that is being read have been verified, in steps. */
  readonly onProgress?: ((bytes: number) => void) | undefined;
}

const SCRATCH_BYTES = 1024 * 1024;

/**
 * Reads a log directory, or a whole data root, and says what in it breaks an invariant: manifest against files, headers,
 * footers and links, every frame and record, offsets and epochs, sidecars against frames, marks, and the catalog against
 * the directories of topics. Changes nothing and takes no lock. Metadata, headers and sidecars are decoded by a reading of
 * docs/format.md of its own, beside the engine's.
 *
 * A store that was closed cleanly gives nothing but notes; a crash leaves leftovers; damage is damage, or a bug. Beside a
 * writer, what it is just doing shows as a leftover at most. Memory is bounded whatever the size of the store. A file
 * that the medium does not give back is a finding; otherwise it rejects with `STORAGE`.
 */
export async function checkStore(
  directory: StorageDirectory,
  formats: KnownFormats,
  options: CheckStoreOptions = {},
): Promise<StoreReport> {
  const { deep = true, onProgress = () => undefined } = options;
  const ways = { formats, deep, onProgress, scratch: new Uint8Array(SCRATCH_BYTES) };
  const findings = new Findings();
  if (await holdsLog(directory)) await checkSettledLog(directory, ways, findings);
  else await checkRoot(directory, ways, findings);
  return findings.report();
}
