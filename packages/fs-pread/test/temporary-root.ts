import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StorageFixture } from '@seglog/testing';
import { PreadDirectory, type PreadOptions } from '../src/index.js';

export interface TemporaryRoot extends StorageFixture {
  readonly directory: PreadDirectory;
  readonly path: string;
}

/** A real directory of its own, removed with all that it holds. */
export async function createRoot(options: PreadOptions = {}): Promise<TemporaryRoot> {
  const path = await mkdtemp(join(tmpdir(), 'seglog-pread-'));
  const directory = await PreadDirectory.open(path, options);
  return {
    directory,
    path,
    dispose: async () => {
      await directory.close();
      await rm(path, { recursive: true, force: true });
    },
  };
}
