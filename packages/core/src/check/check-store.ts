import { SeglogError } from '../contract/error.js';
import type { StorageDirectory } from '../contract/storage-directory.js';
import { holdsLog, type LastWriter } from './check-log.js';
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
  /** Told how many bytes of frames were verified since it was told the last time. */
  readonly onProgress?: ((bytes: number) => void) | undefined;
}

const SCRATCH_BYTES = 256 * 1024;

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
  for (let look = 1; ; look += 1) {
    const findings = new Findings();
    const before = await catalogSize(directory);
    try {
      if (await holdsLog(directory)) await checkSettledLog(directory, { ways, findings, writer: UNKNOWN });
      else await checkRoot(directory, ways, findings);
      const damaged = findings.all.some(({ severity }) => severity === 'damage');
      if (!damaged || look === MAX_LOOKS || before === (await catalogSize(directory)))
        return findings.report();
    } catch (error) {
      if (look === MAX_LOOKS || !isGone(error)) throw error;
    }
  }
}

/** A log that stands alone has no session. */
const UNKNOWN: LastWriter = { cleanEpoch: undefined };

/** How often a store is read again whose topics come and go under the check. */
const MAX_LOOKS = 4;

/** Grows with every topic that is made or removed. */
async function catalogSize(root: StorageDirectory): Promise<string> {
  const present = (await root.list()).some(({ name, kind }) => name === 'catalog' && kind === 'directory');
  if (!present) return '';
  const catalog = await root.directory('catalog', { create: false });
  const names = (await catalog.list()).map(({ name }) => name).toSorted();
  const sizes = await Promise.all(names.map((name) => catalog.sizeOf(name)));
  return `${names.join(' ')} ${sizes.join(' ')}`;
}

const isGone = (error: unknown): boolean =>
  SeglogError.is(error, 'STORAGE') && error.facts['errno'] === 'ENOENT';
