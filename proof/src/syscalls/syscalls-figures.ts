import { accessSync, constants } from 'node:fs';
import { tmpdir } from 'node:os';
import type { SyscallsResult } from './syscalls.js';

export function syscallsFigures(
  kills: SyscallsResult,
  errors: SyscallsResult,
): Readonly<Record<string, number>> {
  return {
    'syscallKill.calls': kills.calls,
    'syscallKill.points': pointsOf(kills),
    'syscallKill.lost': kills.lost,
    'syscallKill.phantoms': kills.phantoms,
    'errno.injected': pointsOf(errors),
    'errno.lost': errors.lost,
    'errno.phantoms': errors.phantoms,
  };
}

export function pointsOf({ points }: SyscallsResult): number {
  return Object.values(points).reduce((sum, count) => sum + count, 0);
}

/** A disk in memory, where there is one: its syncs cost nothing, and the death of a process leaves it as it leaves any disk. */
export function fastDisk(): string {
  try {
    accessSync('/dev/shm', constants.W_OK);
    return '/dev/shm';
  } catch {
    return tmpdir();
  }
}
