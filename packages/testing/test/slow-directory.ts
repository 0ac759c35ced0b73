import { setImmediate } from 'node:timers/promises';
import type { StorageDirectory } from '@seglog/core';

/** A medium that takes its time to remove a file: meanwhile it is still found. */
export function slowToRemove(directory: StorageDirectory): StorageDirectory {
  const remove: StorageDirectory['remove'] = async (name) => {
    for (let turn = 0; turn < 5; turn++) await setImmediate();
    await directory.remove(name);
  };
  return new Proxy(directory, {
    get: (target, key) => {
      if (key === 'remove') return remove;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
