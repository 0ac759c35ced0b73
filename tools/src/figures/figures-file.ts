import { mkdirSync, readFileSync, renameSync, rmdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from '../root.js';
import type { Figures } from './figure.js';

/** Where the figures of this repository stand. */
export const figuresFile: string = join(root, 'docs', 'figures.json');

const lockWaitMs = 10_000;
const lockStaleMs = 30_000;

/** All recorded figures; none if the file does not exist. Throws if it is no JSON. */
export function readFigures(path: string = figuresFile): Figures {
  const text = readIfPresent(path);
  return text === undefined ? {} : JSON.parse(text);
}

function readIfPresent(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Adds figures to the file, keys in order; other keys stay as they are. Commands may do so at the same time: each
 * waits for its turn, and a reader sees the file before or after, never in between.
 */
export function mergeFigures(added: Figures, path: string = figuresFile): void {
  mkdirSync(dirname(path), { recursive: true });
  const unlock = lock(`${path}.lock`);
  try {
    const merged = Object.entries({ ...readFigures(path), ...added }).toSorted(([a], [b]) =>
      a < b ? -1 : 1,
    );
    const next = `${path}.${process.pid}.tmp`;
    writeFileSync(next, `${JSON.stringify(Object.fromEntries(merged), null, 2)}\n`);
    renameSync(next, path);
  } finally {
    unlock();
  }
}

/** A directory is the lock: creating one fails if it exists. One left behind by a killed process is taken over. */
function lock(path: string): () => void {
  const pause = new Int32Array(new SharedArrayBuffer(4));
  const deadline = Date.now() + lockWaitMs;
  while (!tryCreate(path)) {
    if (ageMs(path) > lockStaleMs) removeLock(path);
    else if (Date.now() > deadline)
      throw new Error(`figures are locked: remove ${path} if no command is running`);
    else Atomics.wait(pause, 0, 0, 10);
  }
  return () => removeLock(path);
}

function tryCreate(path: string): boolean {
  try {
    mkdirSync(path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

function ageMs(path: string): number {
  const facts = statSync(path, { throwIfNoEntry: false });
  return facts ? Date.now() - facts.mtimeMs : 0;
}

function removeLock(path: string): void {
  try {
    rmdirSync(path);
  } catch {
    // Another process took the stale lock over first.
  }
}
