import type { StorageDirectory } from '@seglog/core';
import type { CrashStudy, SimulatedDisk } from '../../src/index.js';

/** A study whose engine meets its disk through a directory with a bug. The disk itself is sound. */
export function plantedDisk<Engine, Fact>(
  study: CrashStudy<Engine, Fact>,
  bug: { readonly directory?: (sound: StorageDirectory) => StorageDirectory },
): CrashStudy<Engine, Fact> {
  const { directory } = bug;
  if (directory === undefined) return study;
  const seen = (disk: SimulatedDisk): SimulatedDisk => withRoot(disk, directory);
  return {
    ...study,
    workload: (disk, oracle) => study.workload(seen(disk), oracle),
    open: (disk) => study.open(seen(disk)),
  };
}

function withRoot(disk: SimulatedDisk, plant: (sound: StorageDirectory) => StorageDirectory): SimulatedDisk {
  let sound: StorageDirectory | undefined;
  let planted: StorageDirectory | undefined;
  return new Proxy(disk, {
    get: (target, name) => {
      if (name !== 'root') {
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === 'function' ? value.bind(target) : value;
      }
      if (sound !== target.root || planted === undefined) {
        sound = target.root;
        planted = plant(sound);
      }
      return planted;
    },
  });
}
