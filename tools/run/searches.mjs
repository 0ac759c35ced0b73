// What `npm run test:ci` and `npm run test:long` have in common.
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { closingLine, sum, withExitCode } from './closing-line.mjs';
import { bin, environment, root } from './environment.mjs';
import { workspaces } from './workspaces.mjs';

/** Runs the searches of all workspaces and prints what they came to. Returns the exit code. */
export async function runSearches(extra) {
  const build = spawnSync(join(bin, 'tsc'), ['-b', join(root, 'tools')], { stdio: 'inherit' });
  if (build.status !== 0) return 1;
  const chosen = workspaces(root).filter((workspace) => workspace.manifest.scripts?.['test:ci']);
  const results = chosen.map((workspace) => runOne(workspace, extra));
  const skipped = results.flatMap(({ titles }) => titles);
  for (const title of skipped) console.log(`skipped on this machine: ${title}`);
  const total = sum(results);
  if (extra.SEGLOG_SEARCH_COMMAND === undefined) await recordSkipped(total.skipped);
  console.log(closingLine(total));
  return total.failed > 0 ? 1 : 0;
}

function runOne(workspace, extra) {
  const path = join(workspace.path, 'reports', 'vitest-ci.json');
  rmSync(path, { force: true });
  console.log(`\n== ${workspace.folder}`);
  const run = spawnSync('npm', ['run', '--silent', 'test:ci'], {
    cwd: workspace.path,
    stdio: 'inherit',
    env: environment(extra),
  });
  const report = reportAt(path);
  return { ...withExitCode(countsOf(report), run.status ?? 1), titles: skippedTitles(report, workspace) };
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

async function recordSkipped(count) {
  const { recordFigures } = await import(pathToFileURL(join(root, 'tools', 'dist', 'index.js')).href);
  recordFigures({ 'tiers.skipped': count }, { command: 'npm run test:ci' });
}
