import { expect, test } from 'vitest';
import { closingLine, countsOf, readClosingLine, sum } from '../run/closing-line.mjs';

test('a closing line is read back as it was written', () => {
  const counts = { passed: 12, failed: 3, skipped: 1 };
  expect(readClosingLine(`noise\n${closingLine(counts)}\n`)).toEqual(counts);
});

test('the last closing line of an output counts', () => {
  expect(readClosingLine('1 passed, 0 failed, 0 skipped\n2 passed, 0 failed, 0 skipped\n')?.passed).toBe(2);
});

test('words around the counts are no closing line', () => {
  expect(readClosingLine('in all 1 passed, 0 failed, 0 skipped')).toBeUndefined();
});

test('a command that fails without a failed test counts one failure', () => {
  expect(countsOf('5 passed, 0 failed, 0 skipped', 1)).toEqual({ passed: 5, failed: 1, skipped: 0 });
  expect(countsOf('no counts at all', 2)).toEqual({ passed: 0, failed: 1, skipped: 0 });
});

test('a command without tests that succeeds adds nothing', () => {
  expect(countsOf('all is well', 0)).toEqual({ passed: 0, failed: 0, skipped: 0 });
});

test('counts add up', () => {
  const one = { passed: 1, failed: 2, skipped: 3 };
  expect(sum([one, one])).toEqual({ passed: 2, failed: 4, skipped: 6 });
});

test('tests run on the Node that started the runner', () => {
  expect(process.env['SEGLOG_NODE'] ?? process.version).toBe(process.version);
});
