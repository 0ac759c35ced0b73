// What the tests of one workspace came to: its report, held against the test files that exist.
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const reportOf = (workspace) => join(workspace.path, 'reports', 'vitest.json');

/** An old report must not stand in for a run that never happened. */
export const forgetReport = (workspace) => rmSync(reportOf(workspace), { force: true });

function readReport(workspace) {
  try {
    return JSON.parse(readFileSync(reportOf(workspace), 'utf8'));
  } catch {
    return undefined;
  }
}

/** { passed, failed, skipped, notes }; a note names each thing that counts as a failure but is no failed test. */
export function outcome(workspace) {
  if (workspace.tests.length === 0) return { passed: 0, failed: 0, skipped: 0, notes: ['no tests'] };
  const count = workspace.tests.length;
  if (!workspace.manifest.scripts?.test) return broken(`${count} test files, but no "test" script`);
  const report = readReport(workspace);
  if (!report) return broken(`${count} test files, but no report: the tests did not run`);
  const notes = [...filesNotRun(workspace, report), ...brokenFiles(workspace, report)];
  if (!report.success && report.numFailedTests === 0 && notes.length === 0) {
    notes.push('the run failed outside its tests (an unhandled error)');
  }
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + notes.length,
    skipped: report.numPendingTests + report.numTodoTests,
    notes,
  };
}

const broken = (note) => ({ passed: 0, failed: 1, skipped: 0, notes: [note] });

/** A cached report may come from another working copy, whose absolute paths begin differently. */
function fileOf(workspace, { name }) {
  const mark = `/${workspace.folder}/`;
  const path = name.replaceAll('\\', '/');
  return path.slice(path.lastIndexOf(mark) + mark.length);
}

function filesNotRun(workspace, report) {
  const ran = new Set(report.testResults.map((file) => fileOf(workspace, file)));
  return workspace.tests.filter((file) => !ran.has(file)).map((file) => `${file} did not run`);
}

/** A file that fails while it is loaded has no failed test in it. */
function brokenFiles(workspace, report) {
  return report.testResults
    .filter((file) => file.status === 'failed')
    .filter((file) => file.assertionResults.every((test) => test.status !== 'failed'))
    .map((file) => `${fileOf(workspace, file)} could not be run`);
}
