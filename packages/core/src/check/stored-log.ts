import type { Checksum } from '../contract/checksum.js';
import { SeglogError } from '../contract/error.js';
import type { StorageDirectory } from '../contract/storage-directory.js';
import { Findings, type StoreFinding } from './finding.js';
import { foldCatalog, type StoredCatalog } from './stored-catalog.js';
import { neverHadJournal, readStoredJournal } from './stored-journal.js';
import { foldManifest, type StoredManifest } from './stored-manifest.js';

/** What could be read of a journal, with its name; or what is wrong with it. */
export type Readable<T> =
  | { readonly value: T; readonly journal: string }
  | { readonly value: undefined; readonly complaint: StoreFinding };

/** What the manifest of a log says, without opening the log. */
export async function readStoredManifest(
  directory: StorageDirectory,
  checksum: Checksum,
): Promise<Readable<StoredManifest>> {
  const findings = new Findings();
  return outcome(await manifestOf(directory, checksum, findings), findings);
}

/** What the catalog in a directory says. One that never had a journal has no topics. */
export async function readStoredCatalog(
  directory: StorageDirectory,
  checksum: Checksum,
): Promise<Readable<StoredCatalog>> {
  const findings = new Findings();
  return outcome(await catalogOf(directory, checksum, findings), findings);
}

interface Named<T> {
  readonly value: T;
  readonly journal: string;
}

/** As `readStoredManifest`, with everything that there is to say. */
export async function manifestOf(
  directory: StorageDirectory,
  checksum: Checksum,
  findings: Findings,
): Promise<Named<StoredManifest> | undefined> {
  const content = await readStoredJournal(directory, 'MANIFEST', checksum, findings);
  if (content === undefined) return undefined;
  const manifest = foldManifest(content.edits.flat());
  if (typeof manifest !== 'string') return { value: manifest, journal: content.name };
  findings.damage('I11', content.name, manifest);
  return undefined;
}

/** As `readStoredCatalog`, with everything that there is to say. */
export async function catalogOf(
  directory: StorageDirectory,
  checksum: Checksum,
  findings: Findings,
): Promise<Named<StoredCatalog> | undefined> {
  try {
    if (await neverHadJournal(directory, 'CATALOG', checksum))
      return { value: { topics: new Map(), doomed: new Set(), deleted: new Set() }, journal: '' };
  } catch (error) {
    if (!SeglogError.is(error) || error.code === 'STORAGE') throw error;
    findings.damage('I11', 'CURRENT', error.message);
    return undefined;
  }
  const content = await readStoredJournal(directory, 'CATALOG', checksum, findings);
  if (content === undefined) return undefined;
  const complain = (message: string): void => findings.damage('I11', content.name, message);
  return { value: foldCatalog(content.edits.flat(), complain), journal: content.name };
}

function outcome<T>(found: Named<T> | undefined, findings: Findings): Readable<T> {
  if (found !== undefined) return found;
  const complaint = findings.all.find(({ severity }) => severity === 'damage');
  if (complaint === undefined) throw new TypeError('what cannot be read has a finding that says why');
  return { value: undefined, complaint };
}
