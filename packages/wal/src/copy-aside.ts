import type { StorageDirectory } from '@seglog/core';

const QUARANTINE = 'quarantine';
const CHUNK_BYTES = 1024 * 1024;

/**
 * Copies a directory of a data root, or some of its files, to `quarantine/<name>-<n>`, durably, and resolves with that path.
 * The copy has a number that none before it had; one that a crash cut short stays beside it.
 */
export async function copyAside(
  root: StorageDirectory,
  name: string,
  only?: readonly string[],
): Promise<string> {
  const quarantine = await root.directory(QUARANTINE, { create: true });
  const taken = new Set((await quarantine.list()).map((entry) => entry.name));
  let number = 1;
  while (taken.has(`${name}-${number}`)) number += 1;
  const copy = `${name}-${number}`;
  const source = await root.directory(name, { create: false });
  await copyInto(source, await quarantine.directory(copy, { create: true }), only);
  await quarantine.sync();
  await root.sync();
  return `${QUARANTINE}/${copy}`;
}

/** Those of the files of a directory that no copy of it in quarantine holds, byte for byte. */
export async function notAside(
  root: StorageDirectory,
  name: string,
  files: readonly string[],
): Promise<readonly string[]> {
  const copies = await copiesOf(root, name);
  const source = await root.directory(name, { create: false });
  const missing: string[] = [];
  for (const file of files) {
    let found = (await source.sizeOf(file)) === undefined;
    for (const copy of copies) found ||= await areSame(source, copy, file);
    if (!found) missing.push(file);
  }
  return missing;
}

async function copiesOf(root: StorageDirectory, name: string): Promise<readonly StorageDirectory[]> {
  const entries = await root.list();
  if (!entries.some((entry) => entry.name === QUARANTINE && entry.kind === 'directory')) return [];
  const quarantine = await root.directory(QUARANTINE, { create: false });
  const names = (await quarantine.list()).filter(
    (entry) => entry.kind === 'directory' && entry.name.startsWith(`${name}-`),
  );
  return Promise.all(names.map((entry) => quarantine.directory(entry.name, { create: false })));
}

async function copyInto(
  source: StorageDirectory,
  target: StorageDirectory,
  only?: readonly string[],
): Promise<void> {
  for (const { name, kind } of await source.list()) {
    if (only?.includes(name) === false) continue;
    if (kind === 'file') await copyFile(source, target, name);
    else if (kind === 'directory') {
      const inner = await source.directory(name, { create: false });
      await copyInto(inner, await target.directory(name, { create: true }));
    }
  }
  await target.sync();
}

async function copyFile(source: StorageDirectory, target: StorageDirectory, name: string): Promise<void> {
  const file = await target.create(name);
  try {
    for await (const { position, bytes } of chunksOf(source, name)) await file.write(position, [bytes]);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function areSame(one: StorageDirectory, other: StorageDirectory, name: string): Promise<boolean> {
  const sizeBytes = await other.sizeOf(name);
  if (sizeBytes === undefined || sizeBytes !== (await one.sizeOf(name))) return false;
  const second = chunksOf(other, name);
  try {
    for await (const { bytes } of chunksOf(one, name)) {
      const { value } = await second.next();
      if (value === undefined || Buffer.compare(bytes, value.bytes) !== 0) return false;
    }
  } finally {
    await second.return(undefined);
  }
  return true;
}

interface Chunk {
  readonly position: number;
  /** Until the next chunk is asked for. */
  readonly bytes: Uint8Array;
}

async function* chunksOf(directory: StorageDirectory, name: string): AsyncGenerator<Chunk, undefined> {
  const sizeBytes = (await directory.sizeOf(name)) ?? 0;
  const reader = await directory.openReader(name, { sealed: false, writtenBytes: () => sizeBytes });
  const scratch = new Uint8Array(Math.min(sizeBytes, CHUNK_BYTES));
  try {
    for (let position = 0; position < sizeBytes; ) {
      const bytes = await reader.read(
        position,
        scratch.subarray(0, Math.min(scratch.length, sizeBytes - position)),
      );
      if (bytes.length === 0) return;
      yield { position, bytes };
      position += bytes.length;
    }
  } finally {
    await reader.close();
  }
}
