import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { loadMmapIo, loadSegmap } from '../src/index.js';

const home = fileURLToPath(new URL('..', import.meta.url));
const runs = (command: string): boolean =>
  spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0;

/** Runs the build in a copy of what a tarball without prebuilds holds of it, far from our node_modules. */
function buildAfresh(environment: NodeJS.ProcessEnv): { status: number | null; lines: string[] } {
  const copy = mkdtempSync(join(tmpdir(), 'seglog-native-'));
  for (const folder of ['native', 'scripts']) {
    cpSync(join(home, folder), join(copy, folder), { recursive: true });
  }
  const script = join(copy, 'scripts', 'build-native.mjs');
  const { status, stdout } = spawnSync(process.execPath, [script], { encoding: 'utf8', env: environment });
  rmSync(copy, { recursive: true });
  return { status, lines: stdout.trim().split('\n') };
}

test('the build succeeds without a compiler, and says so in one line', () => {
  const { status, lines } = buildAfresh({ ...process.env, CC: '/nowhere/cc' });
  expect(status).toBe(0);
  expect(lines).toEqual([expect.stringMatching(/^segmap: not built, /), 'mmap-io: not installed']);
});

test('the build succeeds when the compiler refuses', () => {
  const { status, lines } = buildAfresh({ ...process.env, CC: 'false' });
  expect(status).toBe(0);
  expect(lines).toEqual([expect.stringMatching(/^segmap: not built, /), 'mmap-io: not installed']);
});

test('an installed package builds against the headers of its Node', (context) => {
  if (!existsSync(join(dirname(dirname(process.execPath)), 'include', 'node', 'node_api.h'))) {
    context.skip('there are no headers beside this Node');
    return;
  }
  if (!runs(process.env['CC'] ?? 'cc')) {
    context.skip('there is no C compiler');
    return;
  }
  expect(buildAfresh(process.env).lines[0]).toBe('segmap: built');
});

test('segmap loads wherever there is a C compiler', (context) => {
  if (!runs(process.env['CC'] ?? 'cc')) {
    context.skip('there is no C compiler');
    return;
  }
  expect(loadSegmap()?.name).toBe('segmap');
});

test('mmap-io loads wherever it can be compiled', (context) => {
  const headers = join(dirname(dirname(process.execPath)), 'include', 'node', 'node_version.h');
  if (!existsSync(headers)) {
    context.skip('there are no headers beside this Node');
    return;
  }
  for (const command of ['c++', 'make', 'python3']) {
    if (!runs(command)) {
      context.skip(`there is no ${command}`);
      return;
    }
  }
  expect(loadMmapIo()?.name).toBe('mmap-io');
});
