import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type IndexStoreFixture, indexStoreConformance } from '@seglog/testing';
import { ClassicLevel } from 'classic-level';
import { MemoryDirectory } from 'seglog';
import { describe, expect, test } from 'vitest';
import { levelIndex } from '../src/level-index.js';

indexStoreConformance({ describe, test }, 'level', createFixture, { keeps: true, files: false });

/** A database of its own for each test; the store keeps nothing in the directory of the log. */
async function createFixture(): Promise<IndexStoreFixture> {
  const path = await mkdtemp(join(tmpdir(), 'seglog-level-test-'));
  const database = new ClassicLevel(path);
  await database.open();
  const directory = new MemoryDirectory();
  const dispose = async (): Promise<void> => {
    await directory.close();
    await database.close();
    await rm(path, { recursive: true });
  };
  return { directory, factory: levelIndex(database), dispose };
}

test('the example finds records through LevelDB, and without it', () => {
  const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));
  const output = execFileSync(process.execPath, [main], { encoding: 'utf8' });
  expect(output).toMatch(/^\d+ keys in LevelDB, for [2-9] segments/);
  expect(output).toContain('offset 1234 is reading 1234\n');
  expect(output).toContain('from hour 777 on: offset 777\n');
  expect(output).toContain('with every key deleted, offset 1234 is still reading 1234\n');
});
