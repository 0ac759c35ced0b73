import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileShutdown, DISK_KINDS, Disk, type DiskKind } from './disks.js';

export interface UsableDisks {
  readonly kinds: readonly DiskKind[];
  /** Kinds that do not work here, with what the system said. */
  readonly skipped: Readonly<Partial<Record<DiskKind, string>>>;
  /** The program that cuts the power. */
  readonly shutdown: string;
}

/** Tries every kind once: makes it, cuts its power, and brings it back. `directory` takes the program that cuts. */
export async function usableDisks(directory: string): Promise<UsableDisks> {
  const shutdown = compileShutdown(directory);
  const skipped: Partial<Record<DiskKind, string>> = {};
  const kinds: DiskKind[] = [];
  for (const kind of DISK_KINDS) {
    const problem = shutdown === undefined ? 'there is no C compiler' : await problemWith(kind, shutdown);
    if (problem === undefined) kinds.push(kind);
    else skipped[kind] = problem;
  }
  return { kinds, skipped, shutdown: shutdown ?? '' };
}

async function problemWith(kind: DiskKind, shutdown: string): Promise<string | undefined> {
  const directory = mkdtempSync(join(tmpdir(), 'seglog-disk-'));
  try {
    const disk = new Disk(kind, directory, shutdown);
    try {
      await disk.prepareCut().cut();
      disk.restorePower();
    } finally {
      disk.unmount();
    }
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
