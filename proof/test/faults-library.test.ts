import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compiled } from '../src/child/run-child.js';
import { scriptPlan } from '../src/syscalls/faulted-child.js';
import { buildFaultsLibrary } from '../src/syscalls/faults-library.js';
import { compileChildren } from './compiled.js';

const directory = realpathSync(mkdtempSync(join(tmpdir(), 'seglog-faults-')));
const { path: library, why } = buildFaultsLibrary(directory);
beforeAll(compileChildren);
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Every call of Linux that changes a file or a directory, as far as a process could use it on a disk of ours. */
const CHANGING = [
  'write',
  'writev',
  'pwrite64',
  'pwritev',
  'pwritev2',
  'fsync',
  'fdatasync',
  'sync_file_range',
  'ftruncate',
  'truncate',
  'fallocate',
  'copy_file_range',
  'sendfile',
  'msync',
  'mkdir',
  'mkdirat',
  'rmdir',
  'unlink',
  'unlinkat',
  'rename',
  'renameat',
  'renameat2',
  'link',
  'linkat',
  'symlink',
  'open',
  'openat',
  'creat',
  'io_uring_enter',
];

test('the library sees every system call that changes something below the directory', (context) => {
  const strace = spawnSync('strace', ['-V']).status === 0;
  if (library === undefined || !strace) {
    context.skip(strace ? why : 'there is no strace');
    return;
  }
  const plan = scriptPlan(directory, 5);
  const [seen, traced] = [join(directory, 'seen'), join(directory, 'traced')];
  mkdirSync(plan.engine.directory);
  const words = ['-f', '-y', '-e', `trace=${CHANGING.join(',')}`, '-o', traced];
  execFileSync('strace', [...words, process.execPath, compiled('syscalls/script-child')], {
    input: JSON.stringify(plan),
    env: {
      ...process.env,
      UV_USE_IO_URING: '0',
      LD_PRELOAD: library,
      SEGLOG_FAULT_ROOT: plan.engine.directory,
      SEGLOG_FAULT_LOG: seen,
    },
  });
  const lines = readFileSync(traced, 'utf8').split('\n');
  const calls = lines
    .filter((line) => line.includes(plan.engine.directory) && !line.includes('<... '))
    .filter((line) => !/\bopen(at)?\(/.test(line) || line.includes('O_CREAT'))
    .map((line) => /^\d+ +(\w+)\(/.exec(line)?.[1] ?? line);
  const counted = readFileSync(seen, 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(' ')[1] ?? line);
  expect(tally(calls.map((call) => call.replace('openat', 'open').replace('64', '')))).toEqual(
    tally(counted),
  );
});

function tally(names: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
