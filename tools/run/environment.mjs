// Where the repository is, and the environment in which its tools run.
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));
export const bin = join(root, 'node_modules', '.bin');
export const turboCommand = join(root, 'node_modules', 'turbo', 'bin', 'turbo');

/**
 * The Node that runs the tool comes first in PATH, so that `tools/test-nodes.mjs` reaches every script below it.
 * SEGLOG_NODE is part of the hash of turbo's test task: a result of one Node is never replayed for another.
 */
export function environment(extra = {}) {
  return {
    ...process.env,
    TURBO_TELEMETRY_DISABLED: '1',
    DO_NOT_TRACK: '1',
    SEGLOG_NODE: process.version,
    PATH: [dirname(process.execPath), bin, process.env.PATH ?? ''].join(delimiter),
    ...extra,
  };
}
