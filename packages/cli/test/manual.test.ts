import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PreadDirectory } from '@seglog/fs-pread';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commands } from '../src/command/commands.js';
import { manual } from '../src/manual.js';
import { openWriter } from '../src/place/open-writer.js';
import { seglog } from './run-cli.js';

const PAGE = fileURLToPath(new URL('../../../docs/cli.md', import.meta.url));

test('docs/cli.md is what the program says of itself', () => {
  expect(readFileSync(PAGE, 'utf8'), 'run npm run docs:cli').toBe(manual(commands()));
});

describe('every example of the manual works', () => {
  const home = mkdtempSync(join(tmpdir(), 'seglog-manual-'));
  const before = process.cwd();
  beforeAll(async () => {
    process.chdir(home);
    const disk = new PreadDirectory('./data');
    const writer = await openWriter(disk);
    const flights = await writer.topics.createTopic('flights', { partitions: 2 });
    for (let i = 0; i < 5; i += 1)
      await flights.append({ key: `LH ${i}`, value: { status: 'on time' }, partition: 0 });
    await writer.close();
    await disk.close();
  });
  afterAll(() => {
    process.chdir(before);
    rmSync(home, { recursive: true, force: true });
  });

  test.each(commands().map(({ example }) => example))('%s', async (example) => {
    let input: string | undefined;
    for (const call of example.split(' | ')) {
      const [program, ...words] = [...call.matchAll(/"([^"]*)"|(\S+)/g)].map(
        ([, quoted, plain]) => quoted ?? plain ?? '',
      );
      expect(program).toBe('seglog');
      const run = await seglog(words, input === undefined ? {} : { input });
      // What a sync costs on this machine is not what the example is about.
      expect(example.includes('doctor') ? 0 : run.code, run.err + run.out).toBe(0);
      expect(run.out).not.toBe('');
      input = run.out;
    }
  });
});
