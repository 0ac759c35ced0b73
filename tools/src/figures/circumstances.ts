import { spawnSync } from 'node:child_process';
import { arch, availableParallelism, cpus, platform, totalmem } from 'node:os';
import { root } from '../root.js';
import type { Machine } from './figure.js';

/** The machine this process runs on. */
export function thisMachine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() || 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${platform()} ${arch()}`,
    node: process.version,
  };
}

/**
 * The commit that is checked out, with `+changes` if other files than the figures differ from it: such a figure
 * cannot be taken again from the commit alone.
 */
export function thisCommit(directory: string = root): string {
  const head = git(directory, ['rev-parse', '--short=12', 'HEAD']);
  if (head === undefined) return 'unknown';
  const changes = git(directory, ['status', '--porcelain', '--', '.', ':!docs/figures.json']);
  return changes === '' ? head : `${head}+changes`;
}

function git(cwd: string, words: readonly string[]): string | undefined {
  const run = spawnSync('git', words, { cwd, encoding: 'utf8' });
  return run.status === 0 ? run.stdout.trim() : undefined;
}
