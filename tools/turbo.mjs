// Runs turbo with its telemetry off: node tools/turbo.mjs run build
// node tools/turbo.mjs --quiet run build: says nothing unless it fails, for commands that go on to say something else.
import { spawnSync } from 'node:child_process';
import { environment, root, turboCommand } from './run/environment.mjs';

const words = process.argv.slice(2);
const quiet = words[0] === '--quiet';
const run = spawnSync(process.execPath, [turboCommand, ...words.slice(quiet ? 1 : 0)], {
  cwd: root,
  stdio: quiet ? ['ignore', 'pipe', 'pipe'] : 'inherit',
  encoding: 'utf8',
  maxBuffer: 64 * 1024 * 1024,
  env: environment(),
});
if (quiet && run.status !== 0) console.error(`${run.stdout}${run.stderr}`);
process.exit(run.status ?? 1);
