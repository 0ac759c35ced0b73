import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

test('the example: banks die, no sum is broken, and no transfer is lost', () => {
  const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));
  const output = execFileSync(process.execPath, [main, '3'], { encoding: 'utf8' });
  expect(output).toContain('3 banks were killed with kill -9 in the middle of their work\n');
  expect(output).toMatch(/\d{2,} transfers were told to be done, 0 of them are lost\n/);
  expect(output).toContain('every transfer has both sides: 0 broken sums\n');
});
