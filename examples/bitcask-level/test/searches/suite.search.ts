import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { recordSearch } from '@seglog/tools';
import { expect, test } from 'vitest';

test("abstract-level's own suite passes on disk too: none fails, none is skipped", () => {
  const path = fileURLToPath(new URL('../suite.mjs', import.meta.url));
  const output = execFileSync(process.execPath, [path, 'disk'], { encoding: 'utf8', maxBuffer: 2 ** 26 });
  const numberOf = (pattern: RegExp): number => Number(pattern.exec(output)?.[1] ?? 0);
  const values = {
    'bitcask.suitePassed': numberOf(/^# pass +(\d+)$/m),
    'bitcask.suiteFailed': numberOf(/^# fail +(\d+)$/m),
    'bitcask.suiteSkipped': output.match(/^(not )?ok .*# SKIP/gm)?.length ?? 0,
  };
  recordSearch(values);
  expect(values).toMatchObject({ 'bitcask.suiteFailed': 0, 'bitcask.suiteSkipped': 0 });
  expect(values['bitcask.suitePassed']).toBeGreaterThan(4000);
});
