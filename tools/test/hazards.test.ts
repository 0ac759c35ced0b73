import { expect, test } from 'vitest';
import { printFinding } from '../src/tidy/finding.js';
import { Project } from '../src/tidy/project.js';
import { hazards } from '../src/tidy/rules/hazards.js';

const TESTS = 'packages/testing/test/hazards-reading.test.ts';

function found(rows: readonly string[], tests: string): readonly string[] {
  const text = ['| the hazard | what holds | shown by |', '|---|---|---|', ...rows].join('\n');
  const files = [
    { path: 'docs/hazards.md', text },
    { path: TESTS, text: tests },
  ];
  return hazards(new Project(files)).map(printFinding);
}

const row = (title: string): string => `| it goes | it stays | \`${title}\` in [x](../${TESTS}) |`;

test('a hazard with a test that exists', () => {
  expect(found([row('it stays')], "test('it stays', () => {})")).toEqual([]);
});

test('a hazard whose test was renamed', () => {
  expect(found([row('it stays')], "describe('it', () => {})")).toEqual([
    `docs/hazards.md:3  [hazards] there is no test 'it stays' in ${TESTS}. Name the test that holds this hazard off, or write it.`,
  ]);
});

test('a hazard that nothing holds off', () => {
  expect(found(['| it goes | it stays | nothing |'], '')).toEqual([
    'docs/hazards.md:3  [hazards] a hazard names the tests that hold it off: `title` in [file](../path).',
  ]);
});

test('a test of a hazard that stands in no row', () => {
  expect(found([row('it stays')], "test('it stays', f); test('it comes', f)")).toEqual([
    `docs/hazards.md:1  [hazards] the test 'it comes' of ${TESTS} is in no row.`,
  ]);
});
