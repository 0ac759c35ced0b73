import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PARTS } from '../../src/scaffold/scaffold.js';
import { seglog } from '../run-cli.js';

const home = mkdtempSync(join(tmpdir(), 'seglog-new-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));
beforeAll(() =>
  symlinkSync(
    fileURLToPath(new URL('../../../../node_modules', import.meta.url)),
    join(home, 'node_modules'),
  ),
);

test.each(PARTS)('a new package with a part (%s) passes its exam at once', async (part) => {
  const folder = join(home, `my-${part}`);
  expect((await seglog(['new', folder, '--part', part, '--write'])).code).toBe(0);
  const { status, stdout } = spawnSync(process.execPath, ['--test'], { cwd: folder, encoding: 'utf8' });
  expect(status, stdout).toBe(0);
  expect(Number(/^# pass (\d+)$/m.exec(stdout)?.[1])).toBeGreaterThan(5);
});
