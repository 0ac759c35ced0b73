import { SeglogError, type StorageDirectory, type WritableFile } from '@seglog/core';

export type FailingCall = 'create' | 'write' | 'rename' | 'remove' | 'sync';

/** The same directory, in which every call of one kind rejects with `STORAGE` and does nothing. */
export function failingDirectory(directory: StorageDirectory, call: FailingCall): StorageDirectory {
  const { create, rename, remove, sync } = guards(call);
  return {
    supports: directory.supports,
    get descriptors(): number {
      return directory.descriptors;
    },
    list: () => directory.list(),
    sizeOf: (name) => directory.sizeOf(name),
    directory: async (name, options) => failingDirectory(await directory.directory(name, options), call),
    create: (name) => create(async () => failingFile(await directory.create(name), call)),
    open: async (name) => failingFile(await directory.open(name), call),
    openReader: (name, options) => directory.openReader(name, options),
    rename: (source, target) => rename(() => directory.rename(source, target)),
    remove: (name) => remove(() => directory.remove(name)),
    sync: () => sync(() => directory.sync()),
    lock: (name) => directory.lock(name),
    close: () => directory.close(),
  };
}

function failingFile(file: WritableFile, call: FailingCall): WritableFile {
  const { write, sync } = guards(call);
  return {
    get sizeBytes(): number {
      return file.sizeBytes;
    },
    write: (position, chunks) => write(async () => file.write(position, chunks)),
    preallocate: (sizeBytes) => write(() => file.preallocate(sizeBytes)),
    truncate: (sizeBytes) => write(() => file.truncate(sizeBytes)),
    sync: () => sync(() => file.sync()),
    close: () => file.close(),
  };
}

type Guard = <T>(action: () => Promise<T>) => Promise<T>;

function guards(failing: FailingCall): Record<FailingCall, Guard> {
  const guard =
    (call: FailingCall): Guard =>
    async (action) => {
      if (call === failing) throw new SeglogError('STORAGE', 'the medium fails', { call, errno: 'EIO' });
      return action();
    };
  return {
    create: guard('create'),
    write: guard('write'),
    rename: guard('rename'),
    remove: guard('remove'),
    sync: guard('sync'),
  };
}
