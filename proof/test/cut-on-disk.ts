import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Disk, type DiskKind } from '../src/powercut/disks.js';
import { type PowerCutOptions, type PowerCutResult, runPowerCuts } from '../src/powercut/powercut.js';

/** A fresh disk of this kind in `home`, with a program that cuts its power, for some cycles. */
export async function cutOnDisk(
  kind: DiskKind,
  { home, shutdown }: { readonly home: string; readonly shutdown: string },
  options: Omit<PowerCutOptions, 'disk' | 'directory'>,
): Promise<PowerCutResult> {
  const directory = mkdtempSync(join(home, `${kind}-`));
  const disk = new Disk(kind, directory, shutdown);
  try {
    return await runPowerCuts({ ...options, disk, directory });
  } finally {
    disk.unmount();
    rmSync(directory, { recursive: true, force: true });
  }
}
