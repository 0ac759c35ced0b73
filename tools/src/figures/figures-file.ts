import { mkdirSync, readFileSync, renameSync, rmdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from '../root.js';
import { withDurabilitySection } from './durability-section.js';
import type { Figures } from './figure.js';

/** Where the figures of this repository stand. */
export const figuresFile: string = join(root, 'docs', 'figures.json');

/** The page that shows the figures of durability, beside the file that they stand in. */
const pageName = 'durability.md';

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
 * waits for its turn, and a reader sees the file before or after, never in between. The page of durability beside the
 * file, if there is one, shows them from then on.
 */
export function mergeFigures(added: Figures, path: string = figuresFile): void {
  mkdirSync(dirname(path), { recursive: true });
  const unlock = lock(`${path}.lock`);
  try {
    const merged = Object.entries({ ...readFigures(path), ...added }).toSorted(([a], [b]) =>
      a < b ? -1 : 1,
    );
    const figures: Figures = Object.fromEntries(merged);
    replace(path, `${JSON.stringify(figures, null, 2)}\n`);
    const page = join(dirname(path), pageName);
    const text = readIfPresent(page);
    if (text !== undefined) replace(page, withDurabilitySection(text, figures));
  } finally {
    unlock();
  }
}

function replace(path: string, text: string): void {
  const next = `${path}.${process.pid}.tmp`;
  writeFileSync(next, text);
  renameSync(next, path);
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
