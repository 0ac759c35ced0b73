import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SOURCE = fileURLToPath(new URL('../../native/faults.c', import.meta.url));

/** Compiles the library that counts and faults system calls. Undefined where that is not possible, with the reason. */
export function buildFaultsLibrary(directory: string): { readonly path?: string; readonly why: string } {
  if (process.platform !== 'linux') return { why: `${process.platform} has no LD_PRELOAD` };
  const path = join(directory, 'faults.so');
  const flags = ['-shared', '-fPIC', '-O2', '-Wall', '-Wextra', '-Werror', '-o', path, SOURCE, '-ldl'];
  const run = spawnSync(process.env['CC'] ?? 'cc', flags, { encoding: 'utf8' });
  if (run.status === 0) return { path, why: '' };
  return { why: run.error === undefined ? run.stderr.trim() : 'there is no C compiler' };
}
