import { mkdtemp, readdir, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { UsageError } from './options.js';

/** What a data root holds at its top. */
const OURS: readonly string[] = ['LOCK', 'SESSION', 'CURRENT', 'catalog', 'topics', 'wal'];

/** The directory for this run. It must be new, empty, or the data root of an earlier run: nobody else's files are touched. */
export async function dataDirectory(given: string | undefined): Promise<string> {
  if (given === undefined) return mkdtemp(join(tmpdir(), 'seglog-quickstart-'));
  const path = resolve(given);
  const foreign = (await namesIn(path)).find((name) => !OURS.includes(name));
  if (foreign === undefined) return path;
  throw new UsageError(
    `--data: ${path} holds ${JSON.stringify(foreign)}, which is not an engine's; choose a new or empty directory`,
  );
}

/** Bytes of all files below. */
export async function bytesBelow(path: string): Promise<number> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(files.map(async (file) => stat(join(file.parentPath, file.name))));
  return sizes.reduce((sum, { size }) => sum + size, 0);
}

async function namesIn(path: string): Promise<readonly string[]> {
  try {
    return await readdir(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw new UsageError(`--data: ${error instanceof Error ? error.message : String(error)}`);
  }
}
