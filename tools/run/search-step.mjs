// Runs the searches of one workspace, or one file of them, and reads what they came to.
import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { withExitCode } from './closing-line.mjs';

/**
 * { passed, failed, skipped, titles, seconds }; titles are of tests that could not run here. What a step says is shown at
 * once, or, when another one runs beside it, in one piece at its end.
 */
export async function runSearch({ workspace, title, files }, { variables, beside, place }) {
  const path = join(workspace.path, 'reports', 'vitest-ci.json');
  rmSync(path, { force: true });
  console.log(`\n== ${time()}  ${title} (${place}) begins`);
  const started = performance.now();
  const words = files.length === 0 ? [] : ['--', ...files];
  const { code, output } = await spawned(['run', '--silent', 'test:ci', ...words], {
    cwd: workspace.path,
    env: variables,
    stdio: ['ignore', beside ? 'pipe' : 'inherit', beside ? 'pipe' : 'inherit'],
  });
  const seconds = Math.round((performance.now() - started) / 1000);
  console.log(`\n== ${time()}  ${title} ended after ${seconds} s`);
  if (output !== '') console.log(output.trimEnd());
  const report = reportAt(path);
  return { ...withExitCode(countsOf(report), code), titles: skippedTitles(report, workspace), seconds };
}

const time = () => new Date().toISOString().slice(11, 19);

function spawned(words, options) {
  const child = spawn('npm', words, options);
  const chunks = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => chunks.push(chunk));
  return new Promise((resolve) => {
    const end = (code) => resolve({ code: code ?? 1, output: Buffer.concat(chunks).toString() });
    child.on('error', () => end(1));
    child.on('close', end);
  });
}

/** Undefined when there is none. */
function reportAt(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

/** A run without a report is one failure. */
function countsOf(report) {
  if (report === undefined) return { passed: 0, failed: 1, skipped: 0 };
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

function skippedTitles(report, { folder }) {
  const tests = (report?.testResults ?? []).flatMap(({ assertionResults }) => assertionResults);
  const skipped = tests.filter(({ status }) => ['pending', 'skipped', 'todo'].includes(status));
  return skipped.map(({ fullName }) => `${folder}: ${fullName}`);
}
