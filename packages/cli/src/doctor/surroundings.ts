import { availableParallelism, totalmem } from 'node:os';
import { checksumAcceleration } from '@seglog/core';
import { loadMmapIo, loadSegmap } from '@seglog/fs-mmap';
import { fileSystemType } from '@seglog/fs-pread';

/** What Seglog runs on, found out without writing anything. */
export interface Surroundings {
  readonly node: string;
  readonly nodeIsSupported: boolean;
  readonly system: string;
  readonly cores: number;
  readonly memoryBytes: number;
  /** As it is mounted: `ext4`, `xfs`, `tmpfs`, `nfs4`; undefined where the system does not tell. */
  readonly fileSystem: string | undefined;
  readonly checksums: string;
  /** The mapper that serves sealed segments; undefined where they are read by calls. */
  readonly memoryMap: string | undefined;
}

export function surroundings(path: string): Surroundings {
  const { node } = process.versions;
  return {
    node,
    nodeIsSupported: isSupported(node),
    system: `${process.platform} ${process.arch}`,
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    fileSystem: fileSystemType(path),
    checksums: checksumText(),
    memoryMap: loadSegmap() === undefined ? (loadMmapIo() === undefined ? undefined : 'mmap-io') : 'segmap',
  };
}

/** `^20.19.0 || ^22.12.0 || >=24.0.0`, as the packages say. */
function isSupported(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major >= 24 || (major === 22 && minor >= 12) || (major === 20 && minor >= 19);
}

function checksumText(): string {
  const acceleration: unknown = checksumAcceleration();
  return typeof acceleration === 'string' ? acceleration : JSON.stringify(acceleration);
}
