import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll } from 'vitest';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));

/** Runs the command as a user does. */
export function bench(...words: readonly string[]): ReturnType<typeof spawnSync> {
  return spawnSync(process.execPath, [MAIN, ...words], { encoding: 'utf8', timeout: 170_000 });
}

/** A directory that is there while the tests beside this call run. */
export function newDirectory(): { readonly path: string } {
  const made = { path: '' };
  beforeAll(() => {
    made.path = mkdtempSync(join(tmpdir(), 'seglog-bench-test-'));
  });
  afterAll(() => rmSync(made.path, { recursive: true, force: true }));
  return made;
}
