// npm run test:ci: the searches that are too long for every `npm test`. Runs the script `test:ci` of every workspace that
// has one, and closes with one line over all of them.
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { closingLine, sum, withExitCode } from './run/closing-line.mjs';
import { environment, root } from './run/environment.mjs';
import { workspaces } from './run/workspaces.mjs';

const chosen = workspaces(root).filter((workspace) => workspace.manifest.scripts?.['test:ci']);
const results = chosen.map(runOne);
console.log(closingLine(sum(results)));
process.exit(sum(results).failed > 0 ? 1 : 0);

function runOne(workspace) {
  const path = join(workspace.path, 'reports', 'vitest-ci.json');
  rmSync(path, { force: true });
  console.log(`\n== ${workspace.folder}`);
  const run = spawnSync('npm', ['run', '--silent', 'test:ci'], {
    cwd: workspace.path,
    stdio: 'inherit',
    env: environment(),
  });
  return withExitCode(countsOf(path), run.status ?? 1);
}

/** A run without a report is one failure. */
function countsOf(path) {
  try {
    const report = JSON.parse(readFileSync(path, 'utf8'));
    return {
      passed: report.numPassedTests,
      failed: report.numFailedTests,
      skipped: report.numPendingTests + report.numTodoTests,
    };
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
}
