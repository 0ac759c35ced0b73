import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { forgetReport, outcome } from '../run/reports.mjs';
import { workspaces } from '../run/workspaces.mjs';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'seglog-tools-'));
  write('package.json', { workspaces: ['packages/*', 'benchmarks'] });
});
afterEach(() => rmSync(root, { recursive: true }));

function write(path: string, content: unknown): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), typeof content === 'string' ? content : JSON.stringify(content));
}

function workspace(folder = 'packages/one', scripts: object = { test: 'vitest run' }) {
  write(`${folder}/package.json`, { name: folder, scripts });
  const found = workspaces(root).find((one) => one.folder === folder);
  if (!found) throw new Error(`${folder} was not found`);
  return found;
}

interface ReportedFile {
  readonly file: string;
  readonly status?: string;
  readonly tests?: readonly string[];
}

function report(files: readonly ReportedFile[], place: string = root): object {
  const statuses = files.flatMap(({ tests = ['passed'] }) => tests);
  const count = (status: string): number => statuses.filter((one) => one === status).length;
  return {
    success: files.every(({ status = 'passed' }) => status === 'passed'),
    numPassedTests: count('passed'),
    numFailedTests: count('failed'),
    numPendingTests: count('skipped'),
    numTodoTests: 0,
    testResults: files.map(({ file, status = 'passed', tests = ['passed'] }) => ({
      name: join(place, 'packages/one', file),
      status,
      assertionResults: tests.map((one) => ({ status: one })),
    })),
  };
}

test('workspaces are found by pattern and by name, in order', () => {
  workspace('packages/two');
  workspace('packages/one');
  workspace('benchmarks');
  expect(workspaces(root).map(({ folder }) => folder)).toEqual([
    'packages/one',
    'packages/two',
    'benchmarks',
  ]);
});

test('a workspace without test files is named, not failed', () => {
  expect(outcome(workspace())).toEqual({ passed: 0, failed: 0, skipped: 0, notes: ['no tests'] });
});

test('test files without a "test" script are a failure', () => {
  write('packages/one/test/a.test.ts', '');
  expect(outcome(workspace('packages/one', {})).failed).toBe(1);
});

test('test files without a report are a failure', () => {
  write('packages/one/test/a.test.ts', '');
  expect(outcome(workspace())).toMatchObject({ failed: 1, notes: [expect.stringContaining('did not run')] });
});

test('a forgotten report does not stand in for a run', () => {
  write('packages/one/test/a.test.ts', '');
  write('packages/one/reports/vitest.json', report([{ file: 'test/a.test.ts' }]));
  const one = workspace();
  expect(outcome(one)).toMatchObject({ passed: 1, failed: 0 });
  forgetReport(one);
  expect(outcome(one).failed).toBe(1);
});

test('a test file that the report does not name is a failure, wherever it stands', () => {
  write('packages/one/test/a.test.ts', '');
  write('packages/one/src/b.test.ts', '');
  write('packages/one/reports/vitest.json', report([{ file: 'test/a.test.ts' }]));
  expect(outcome(workspace())).toMatchObject({ passed: 1, failed: 1, notes: ['src/b.test.ts did not run'] });
});

test('a report replayed from another working copy counts the same', () => {
  write('packages/one/test/a.test.ts', '');
  write(
    'packages/one/reports/vitest.json',
    report([{ file: 'test/a.test.ts' }], '/elsewhere/packages/seglog'),
  );
  expect(outcome(workspace())).toEqual({ passed: 1, failed: 0, skipped: 0, notes: [] });
});

test('a test file that cannot be loaded is a failure', () => {
  write('packages/one/test/a.test.ts', '');
  write(
    'packages/one/reports/vitest.json',
    report([{ file: 'test/a.test.ts', status: 'failed', tests: [] }]),
  );
  expect(outcome(workspace())).toMatchObject({ failed: 1, notes: ['test/a.test.ts could not be run'] });
});

test('an error outside every test is a failure', () => {
  write('packages/one/test/a.test.ts', '');
  write('packages/one/reports/vitest.json', { ...report([{ file: 'test/a.test.ts' }]), success: false });
  expect(outcome(workspace())).toMatchObject({ passed: 1, failed: 1 });
});

test('failed and skipped tests are counted', () => {
  write('packages/one/test/a.test.ts', '');
  const tests = ['passed', 'failed', 'skipped'];
  write('packages/one/reports/vitest.json', report([{ file: 'test/a.test.ts', status: 'failed', tests }]));
  expect(outcome(workspace())).toEqual({ passed: 1, failed: 1, skipped: 1, notes: [] });
});
