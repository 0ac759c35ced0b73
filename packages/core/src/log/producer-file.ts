import type { Checksum } from '../contract/checksum.js';
import type { StorageDirectory } from '../contract/storage-directory.js';
import { type ProducerSnapshot, readProducerSnapshot } from '../producer/producer-snapshot.js';

const SNAPSHOT_FILE = /^(\d{20})\.producers$/;
const KEPT = 2;
const MAX_BYTES = 64 * 1024 * 1024;

/**
 * Writes `<offset>.producers`: crc32c, length, JSON. Complete before it has its name; the newest two are kept.
 *
 *      0  u32  crc32c of bytes 4..
 *      4  u32  length of the JSON
 *      8       JSON, UTF-8
 */
export async function writeProducerSnapshot(
  directory: StorageDirectory,
  snapshot: ProducerSnapshot,
  crc32c: Checksum,
): Promise<void> {
  const json = new TextEncoder().encode(JSON.stringify(snapshot));
  const bytes = new Uint8Array(8 + json.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(4, json.length);
  bytes.set(json, 8);
  view.setUint32(0, crc32c.of(bytes, 4, bytes.length, 0));
  const name = `${String(snapshot.nextOffset).padStart(20, '0')}.producers`;
  await directory.remove(`${name}.tmp`);
  const file = await directory.create(`${name}.tmp`);
  try {
    await file.write(0, [bytes]);
    await file.sync();
  } finally {
    await file.close();
  }
  await directory.rename(`${name}.tmp`, name);
  await directory.sync();
  const old = (await snapshotNames(directory)).filter((other) => other < name);
  for (const other of old.slice(0, Math.max(0, old.length - KEPT + 1))) await directory.remove(other);
}

/** The newest snapshot at or below `atMost` that is whole; those that are not are passed over. */
export async function loadProducerSnapshot(
  directory: StorageDirectory,
  atMost: number,
  crc32c: Checksum,
): Promise<ProducerSnapshot | undefined> {
  for (const name of (await snapshotNames(directory)).toReversed()) {
    const offset = Number(SNAPSHOT_FILE.exec(name)?.[1]);
    if (offset > atMost) continue;
    const snapshot = readProducerSnapshot(await readJson(directory, name, crc32c));
    if (snapshot?.nextOffset === offset) return snapshot;
  }
  return undefined;
}

/**
 * Removes snapshots of offsets that the log does not reach (any more), and returns how many. Durable after a sync of the
 * directory, which must come before other records take those offsets.
 */
export async function removeProducerSnapshots(directory: StorageDirectory, above: number): Promise<number> {
  const names = await snapshotNames(directory);
  const beyond = names.filter((name) => Number(SNAPSHOT_FILE.exec(name)?.[1]) > above);
  for (const name of beyond) await directory.remove(name);
  return beyond.length;
}

async function snapshotNames(directory: StorageDirectory): Promise<readonly string[]> {
  const names = (await directory.list()).filter(({ kind }) => kind === 'file').map(({ name }) => name);
  return names.filter((name) => SNAPSHOT_FILE.test(name)).toSorted();
}

async function readJson(directory: StorageDirectory, name: string, crc32c: Checksum): Promise<unknown> {
  const sizeBytes = await directory.sizeOf(name);
  if (sizeBytes === undefined || sizeBytes < 8 || sizeBytes > MAX_BYTES) return undefined;
  const reader = await directory.openReader(name, { sealed: false, writtenBytes: () => sizeBytes });
  try {
    const bytes = await reader.read(0, new Uint8Array(sizeBytes));
    if (bytes.length < sizeBytes) return undefined;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const whole =
      view.getUint32(4) === sizeBytes - 8 && view.getUint32(0) === crc32c.of(bytes, 4, sizeBytes, 0);
    if (!whole) return undefined;
    const state: unknown = JSON.parse(new TextDecoder().decode(bytes.subarray(8)));
    return state;
  } finally {
    await reader.close();
  }
}
