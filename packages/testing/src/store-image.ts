import { MemoryDirectory, type StorageDirectory } from '@seglog/core';
import { readFile } from './simulated/damage.js';

/** All files of a directory and its children, by their paths: a store as data. Directories without a file are left out. */
export type StoreImage = ReadonlyMap<string, Uint8Array>;

/**
 * Reads every file, of a directory in memory as they are at the call; nothing may write to another one meanwhile. Lock files are
 * left out: they mean nothing elsewhere.
 */
export async function readImage(directory: StorageDirectory): Promise<StoreImage> {
  const image = new Map<string, Uint8Array>();
  const still = directory instanceof MemoryDirectory ? directory.copy() : directory;
  const waiting = [{ directory: still, path: '' }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const { name, kind } of await next.directory.list()) {
      const path = `${next.path}${name}`;
      if (kind === 'file' && name !== 'LOCK') image.set(path, await readFile(next.directory, name));
      if (kind !== 'directory') continue;
      waiting.push({
        directory: await next.directory.directory(name, { create: false }),
        path: `${path}/`,
      });
    }
  }
  return new Map([...image].toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

/** A fresh directory in memory that holds a copy of these files. */
export async function directoryOf(image: StoreImage): Promise<MemoryDirectory> {
  const root = new MemoryDirectory();
  const directories = new Map<string, StorageDirectory>([['', root]]);
  for (const [path, bytes] of image) {
    const names = path.split('/');
    const file = names.pop() ?? '';
    let parent: StorageDirectory = root;
    let at = '';
    for (const name of names) {
      at = `${at}${name}/`;
      parent = directories.get(at) ?? (await parent.directory(name, { create: true }));
      directories.set(at, parent);
    }
    const writable = await parent.create(file);
    await writable.write(0, [bytes]);
    await writable.close();
  }
  return root;
}
