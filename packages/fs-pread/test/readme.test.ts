import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { createRoot } from './temporary-root.js';

const PACKAGE = fileURLToPath(new URL('..', import.meta.url));

test('the code of the README runs and prints what it says', async () => {
  const readme = readFileSync(join(PACKAGE, 'README.md'), 'utf8');
  const code = /```js\n(.*?)```/s.exec(readme)?.[1] ?? '';
  const root = await createRoot();
  try {
    const moved = code.replace("'./data'", JSON.stringify(join(root.path, 'data')));
    const run = spawnSync(process.execPath, ['--input-type=module', '--eval', moved], {
      cwd: PACKAGE,
      encoding: 'utf8',
    });
    expect(run).toMatchObject({ stderr: '', stdout: 'hello\n', status: 0 });
    expect(readFileSync(join(root.path, 'data', 'first.log'), 'utf8')).toBe('hello');
  } finally {
    await root.dispose();
  }
});
