import type { StorageDirectory } from '../contract/storage-directory.js';
import { FileBytes } from '../journal/file-bytes.js';
import { readProducerSnapshot } from '../producer/producer-snapshot.js';
import type { CheckWays } from './check-segment.js';
import type { Findings } from './finding.js';
import type { StoredManifest } from './stored-manifest.js';

const SNAPSHOT = /^(\d{20})\.producers$/;
const MAX_BYTES = 64 * 1024 * 1024;

/** Snapshots of producers are derived from the frames: a bad one is passed over. */
export async function checkProducers(
  directory: StorageDirectory,
  about: { readonly ways: CheckWays; readonly manifest: StoredManifest; readonly findings: Findings },
): Promise<void> {
  const { ways, manifest, findings } = about;
  const names = (await directory.list()).map(({ name }) => name).filter((name) => SNAPSHOT.test(name));
  for (const name of names) {
    const offset = Number(SNAPSHOT.exec(name)?.[1]);
    if ((await snapshotOffset(directory, name, ways)) === offset) continue;
    findings.derived(name, 'the producer snapshot is not believed, and is made anew from the frames', 0);
  }
  if (!manifest.producers) return;
  const { baseOffset, nextOffset } = manifest.point;
  for (const offset of manifest.closedEpoch === undefined ? [baseOffset] : [baseOffset, nextOffset]) {
    const name = `${String(offset).padStart(20, '0')}.producers`;
    if (!names.includes(name)) findings.note(name, 'no producer snapshot: it is made anew from the frames');
  }
}

/** The offset that a snapshot says it was made at; undefined when its bytes do not vouch for it. */
async function snapshotOffset(
  directory: StorageDirectory,
  name: string,
  { formats }: CheckWays,
): Promise<number | undefined> {
  const file = await FileBytes.open(directory, name);
  if (file === undefined) return undefined;
  try {
    const { sizeBytes } = file;
    if (sizeBytes < 8 || sizeBytes > MAX_BYTES) return undefined;
    const bytes = await file.view(0, sizeBytes);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (view.getUint32(4) !== sizeBytes - 8) return undefined;
    if (view.getUint32(0) !== formats.crc32c.of(bytes, 4, sizeBytes, 0)) return undefined;
    return readProducerSnapshot(JSON.parse(new TextDecoder().decode(bytes.subarray(8))))?.nextOffset;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  } finally {
    await file.close();
  }
}
