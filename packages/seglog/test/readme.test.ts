import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const PACKAGE = fileURLToPath(new URL('..', import.meta.url));

test('the code of the README runs and prints what it says', async () => {
  const readme = readFileSync(join(PACKAGE, 'README.md'), 'utf8');
  const code = /```js\n(.*?)```/s.exec(readme)?.[1] ?? '';
  const root = await mkdtemp(join(tmpdir(), 'seglog-readme-'));
  try {
    const moved = code.replace("'./data'", JSON.stringify(join(root, 'data')));
    const run = spawnSync(process.execPath, ['--input-type=module', '--eval', moved], {
      cwd: PACKAGE,
      encoding: 'utf8',
    });
    expect(run).toMatchObject({ stderr: '', stdout: 'o-1 12\n', status: 0 });
  } finally {
    await rm(root, { recursive: true, force: true });
  }
});
