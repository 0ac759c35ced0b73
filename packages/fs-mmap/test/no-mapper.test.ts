import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PreadDirectory } from '@seglog/fs-pread';
import { patternBytes } from '@seglog/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { MmapDirectory } from '../src/index.js';
import { mmapModule } from '../src/inversify.js';

const root = mkdtempSync(join(tmpdir(), 'seglog-no-mapper-'));
const arch = process.arch;
const warnings: (Error & { code?: string })[] = [];
const collect = (warning: Error): number => warnings.push(warning);

/** The addon of a processor that does not exist is not there: segmap really does not load. */
beforeAll(() => {
  process.on('warning', collect);
  Object.defineProperty(process, 'arch', { value: 'abacus' });
  writeFileSync(join(root, 'a'), patternBytes(100));
});
afterAll(() => {
  process.off('warning', collect);
  Object.defineProperty(process, 'arch', { value: arch });
  rmSync(root, { recursive: true });
});

test('a mapper that does not load is reported once, and its files are read without maps', async () => {
  for (let round = 0; round < 3; round += 1) {
    const directory = new MmapDirectory(new PreadDirectory(root), { mapper: 'segmap' });
    expect(directory.mapper).toBe('none');
    const reader = await directory.openReader('a', { sealed: true, writtenBytes: () => 100 });
    expect(await reader.read(0, new Uint8Array(200))).toEqual(patternBytes(100));
    await directory.close();
  }
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
  expect(warnings.map((warning) => [warning.name, warning.code])).toEqual([
    ['SeglogWarning', 'SEGLOG_NO_MAPPER'],
  ]);
});

test('no mapper is no news where none was asked for', async () => {
  const before = warnings.length;
  const directory = new MmapDirectory(new PreadDirectory(root), { mapper: 'none' });
  expect(directory.mapper).toBe('none');
  await directory.close();
  expect(warnings).toHaveLength(before);
});

test('an option that is misspelt is a mistake of the caller, mapper or not', () => {
  const misspelt: object = { maxMap: 1 };
  const refused = new RangeError(
    'there is no option maxMap; there are mapper, maxMaps, maxMappedBytes, sequential',
  );
  expect(() => new MmapDirectory(new PreadDirectory(root), misspelt)).toThrow(refused);
  expect(() => mmapModule(misspelt)).toThrow(refused);
  expect(() => mmapModule({ maxMaps: -1 })).toThrow(RangeError);
});

test('a choice that is none is a mistake of the caller', () => {
  const choice: string = 'mmap';
  const options = { mapper: choice as 'segmap' };
  expect(() => new MmapDirectory(new PreadDirectory(root), options)).toThrow(TypeError);
});
