import {
  batchFrameCodec,
  crcFrameCodec,
  type FrameCodec,
  parseSyncPolicy,
  type StorageDirectory,
} from '@seglog/core';
import { loadMmapIo, loadSegmap, MmapDirectory } from '@seglog/fs-mmap';
import type { Contender } from './contender.js';
import { pread } from './own-log.js';
import { variant } from './seglog.js';

const codecs: Readonly<Record<string, () => FrameCodec>> = { batch: batchFrameCodec, plain: crcFrameCodec };

const mapped =
  (mapper: 'segmap' | 'mmap-io') =>
  (directory: string): StorageDirectory =>
    new MmapDirectory(pread(directory), { mapper });

const readers: Readonly<Record<string, (directory: string) => StorageDirectory>> = {
  pread,
  ...(loadSegmap() ? { segmap: mapped('segmap') } : {}),
  ...(loadMmapIo() ? { 'mmap-io': mapped('mmap-io') } : {}),
};

const policies = ['always', 'group:2ms', 'appends:100', 'bytes:1MiB', 'ms:100', 'never'];

/** Seglog with each codec and each reader that this machine has. */
export const readingVariants: readonly Contender[] = Object.entries(codecs).flatMap(([codec, make]) =>
  Object.entries(readers).map(([name, reader]) =>
    variant(`${codec}, ${name}`, { reader, parts: { codec: make(), readingCodecs: [] } }),
  ),
);

/** Seglog with each codec and each sync policy. */
export const appendingVariants: readonly Contender[] = Object.entries(codecs).flatMap(([codec, make]) =>
  policies.map((policy) =>
    variant(`${codec}, ${policy}`, {
      parts: { codec: make(), readingCodecs: [], syncPolicy: parseSyncPolicy(policy) },
    }),
  ),
);
