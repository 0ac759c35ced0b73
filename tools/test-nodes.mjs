// npm run test:nodes: the whole suite on other Nodes than this one, and one closing line over all of them.
// The Nodes come from npm and stay below node_modules/.cache. npm run test:nodes -- 22: only that one.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { closingLine, countsOf, sum } from './run/closing-line.mjs';
import { environment, root } from './run/environment.mjs';
import { printTable, runStep } from './run/steps.mjs';

const versions = ['22.23.3', '24.21.0'];
const wanted = process.argv.slice(2);
const chosen = versions.filter((version) => wanted.length === 0 || wanted.includes(version.split('.')[0]));
if (chosen.length === 0) {
  console.error(`no Node ${wanted.join(', ')} here: choose from ${versions.join(', ')}`);
  process.exit(2);
}

const results = [];
for (const version of chosen) results.push({ version, ...(await testWith(version)) });
printTable([
  ['node', 'passed', 'failed', 'skipped', 'seconds', ''],
  ...results.map(({ version, passed, failed, skipped, seconds, note }) => [
    version,
    passed,
    failed,
    skipped,
    seconds,
    note ?? '',
  ]),
]);
const total = sum(results);
console.log(closingLine(total));
process.exit(total.failed > 0 ? 1 : 0);

async function testWith(version) {
  const node = install(version);
  if (!node) return { passed: 0, failed: 1, skipped: 0, seconds: 0, note: 'could not be installed' };
  console.log(`\n== Node ${version}`);
  const step = await runStep(node, [join(root, 'tools', 'test.mjs')], { cwd: root, env: environment() });
  return { ...countsOf(step.output, step.code), seconds: step.seconds };
}

/** The path of a Node of this version, or undefined. */
function install(version) {
  const name = `node-${process.platform}-${process.arch}`;
  const folder = join(root, 'node_modules', '.cache', 'nodes', version);
  const node = join(folder, 'node_modules', name, 'bin', 'node');
  if (!existsSync(node)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
    const words = [
      'install',
      '--prefix',
      folder,
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      '--prefer-offline',
    ];
    spawnSync('npm', [...words, `${name}@${version}`], { cwd: folder, stdio: ['ignore', 2, 2] });
  }
  const says = spawnSync(node, ['--version'], { encoding: 'utf8' });
  return says.stdout?.trim() === `v${version}` ? node : undefined;
}
