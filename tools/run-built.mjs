// Builds the tools and runs one of their commands: node tools/run-built.mjs figures/figures-command --json
// What the build says goes to stderr, because a command's stdout may be read by a program.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bin, root } from './run/environment.mjs';

const [name, ...words] = process.argv.slice(2);
const build = spawnSync(join(bin, 'tsc'), ['-b', join(root, 'tools')], { stdio: ['ignore', 2, 2] });
if (build.status !== 0) process.exit(1);
process.argv = [process.argv[0], name, ...words];
await import(pathToFileURL(join(root, 'tools', 'dist', `${name}.js`)).href);
