import type { StorageDirectory } from '@seglog/core';

const QUARANTINE = 'quarantine';
const CHUNK_BYTES = 1024 * 1024;

/**
 * Copies a directory of a data root to `quarantine/<name>-<n>`, durably, and resolves with that path. The copy has a number
 * that none before it had; one that a crash cut short stays beside it.
 */
export async function copyAside(root: StorageDirectory, name: string): Promise<string> {
  const quarantine = await root.directory(QUARANTINE, { create: true });
  const taken = new Set((await quarantine.list()).map((entry) => entry.name));
  let number = 1;
  while (taken.has(`${name}-${number}`)) number += 1;
  const copy = `${name}-${number}`;
  const source = await root.directory(name, { create: false });
  await copyInto(source, await quarantine.directory(copy, { create: true }));
  await quarantine.sync();
  await root.sync();
  return `${QUARANTINE}/${copy}`;
}

async function copyInto(source: StorageDirectory, target: StorageDirectory): Promise<void> {
  for (const { name, kind } of await source.list()) {
    if (kind === 'file') await copyFile(source, target, name);
    else if (kind === 'directory') {
      const inner = await source.directory(name, { create: false });
      await copyInto(inner, await target.directory(name, { create: true }));
    }
  }
  await target.sync();
}

async function copyFile(source: StorageDirectory, target: StorageDirectory, name: string): Promise<void> {
  const sizeBytes = (await source.sizeOf(name)) ?? 0;
  const reader = await source.openReader(name, { sealed: false, writtenBytes: () => sizeBytes });
  const file = await target.create(name);
  const scratch = new Uint8Array(Math.min(sizeBytes, CHUNK_BYTES));
  try {
    for (let at = 0; at < sizeBytes; ) {
      const chunk = await reader.read(at, scratch.subarray(0, Math.min(scratch.length, sizeBytes - at)));
      if (chunk.length === 0) break;
      await file.write(at, [chunk]);
      at += chunk.length;
    }
    await file.sync();
  } finally {
    await file.close();
    await reader.close();
  }
}
