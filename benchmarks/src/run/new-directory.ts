import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** In a new folder of `parent`, by default the system's for temporary files; it is gone again when this resolves. */
export async function inNewDirectory<T>(
  parent: string | undefined,
  use: (directory: string) => Promise<T>,
): Promise<T> {
  const directory = await mkdtemp(join(await realpath(parent ?? tmpdir()), 'seglog-bench-'));
  try {
    return await use(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
