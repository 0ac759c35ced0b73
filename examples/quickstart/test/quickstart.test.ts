import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseOptions, UsageError } from '../src/options.js';

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));

interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function quickstart(...args: readonly string[]): Outcome {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], { encoding: 'utf8' });
  return { status, stdout, stderr };
}

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seglog-quickstart-test-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('the main job', () => {
  test('loads, is killed, finds every acknowledged record, and ends with a table', () => {
    const { status, stdout, stderr } = quickstart('--data', folder, '--records', '20000');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/kill -9 \d+, after \d+ acknowledged records of 7 producers/);
    expect(stdout.match(/(flights|departures)\/\d was cut off/g)).toHaveLength(7);
    const [, acknowledged] = /All (\d+) acknowledged records are back, byte for byte/.exec(stdout) ?? [];
    expect(Number(acknowledged)).toBeGreaterThanOrEqual(8800);
    expect(stdout).toContain('All 22000 records are there, each once.');
    expect(stdout).toMatch(/from 2001-01-03 on, offset \d+: \{"date":"2001\/01\/03/);
    expect(stdout).toMatch(/offset \d+: SFO \{"remark":"gone"\}/);
    expect(stdout.match(/starts at 2500; offset 0: OFFSET_OUT_OF_RANGE/g)).toHaveLength(4);
    for (const row of ['records/s until the kill', 'bytes per record', 'syncs', 'recovery time']) {
      expect(stdout).toMatch(new RegExp(`${row} +[1-9]`));
    }
    expect(stdout).toContain(`The data is in ${folder}`);
  });

  test('goes on behind an earlier run, with another reader, codec and sync policy', () => {
    expect(quickstart('--data', folder, '--records', '1000').status).toBe(0);
    const other = ['--reader', 'pread', '--codec', 'crc', '--sync', 'always'];
    const { status, stdout } = quickstart('--data', folder, '--records', '1000', ...other);
    expect(status).toBe(0);
    expect(stdout).toContain('An earlier run ended at 1103 records');
    expect(stdout).toContain('All 1100 records are there, each once.');
  });
});

describe('a wrong command line', () => {
  const wrong: readonly (readonly string[])[] = [
    ['--reader', 'nfs'],
    ['--codec', 'xml'],
    ['--sync', 'sometimes'],
    ['--records', '5'],
    ['--data', ''],
    ['--unknown'],
    ['word'],
  ];
  for (const args of wrong) {
    test(`${args.join(' ')}: refused`, () => expect(() => parseOptions(args)).toThrow(UsageError));
  }

  test('one line says why, and the code is 2', () => {
    const { status, stdout, stderr } = quickstart('--sync', 'sometimes');
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^quickstart: .+, not "sometimes"\nTry --help\.\n$/);
  });

  test('--help shows the options', () => {
    const { status, stdout } = quickstart('--help');
    expect(status).toBe(0);
    expect(stdout).toMatch(/--reader mmap\|pread/);
  });

  test('a directory with files of somebody else is left as it is', async () => {
    await writeFile(join(folder, 'mine.txt'), 'mine');
    const { status, stderr } = quickstart('--data', folder);
    expect(status).toBe(2);
    expect(stderr).toContain('holds "mine.txt"');
    expect(await readdir(folder)).toEqual(['mine.txt']);
  });
});
