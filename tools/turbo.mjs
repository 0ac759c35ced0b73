// Runs turbo with its telemetry off: node tools/turbo.mjs run build
import { spawnSync } from 'node:child_process';
import { environment, turboCommand } from './run/environment.mjs';

const run = spawnSync(process.execPath, [turboCommand, ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: environment(),
});
process.exit(run.status ?? 1);
