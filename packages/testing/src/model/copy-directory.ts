import { MemoryDirectory, type StorageDirectory } from '@seglog/core';
import { contentOf, putFile } from '../storage-fixture.js';

/**
 * A copy of a tree of directories as it is now: what the next process finds when this one is killed. Every byte that was
 * written is there, and no lock is held. Of directories in memory it is made at once; nothing may write to others meanwhile.
 */
export async function copyDirectory(source: StorageDirectory): Promise<MemoryDirectory> {
  if (source instanceof MemoryDirectory) return source.copy();
  const target = new MemoryDirectory();
  await copyInto(source, target);
  return target;
}

async function copyInto(source: StorageDirectory, target: StorageDirectory): Promise<void> {
  const pending = [{ source, target }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    for (const { name, kind } of await next.source.list()) {
      if (kind === 'file') await putFile(next.target, name, await contentOf(next.source, name));
      if (kind !== 'directory') continue;
      pending.push({
        source: await next.source.directory(name, { create: false }),
        target: await next.target.directory(name, { create: true }),
      });
    }
  }
}
