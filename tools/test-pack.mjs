// npm run test:pack: packs every package that is published, lets publint and attw judge the tarballs, installs all of
// them into an empty project, imports every entry there and compiles a small consumer against their types.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { closingLine } from './run/closing-line.mjs';
import { bin, environment, root, turboCommand } from './run/environment.mjs';
import { printTable } from './run/steps.mjs';
import { workspaces } from './run/workspaces.mjs';

const consumerConfig = {
  compilerOptions: {
    target: 'es2023',
    lib: ['es2023', 'esnext.disposable'],
    module: 'nodenext',
    strict: true,
    noEmit: true,
    types: ['node'],
    typeRoots: [join(root, 'node_modules', '@types')],
  },
  files: ['consumer.ts'],
};

const checks = [];
const scratch = mkdtempSync(join(tmpdir(), 'seglog-pack-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));

const packages = workspaces(root).filter(({ manifest }) => !manifest.private);
if (check('build', process.execPath, [turboCommand, 'run', 'build', '--output-logs=errors-only'])) {
  const tarballs = packages.map((workspace) => pack(workspace)).filter(Boolean);
  if (tarballs.length === packages.length) consume(tarballs);
}
report();

/** Runs one check; its output is shown only if it fails. */
function check(name, command, words, cwd = root) {
  const run = spawnSync(command, words, {
    cwd,
    encoding: 'utf8',
    env: environment(),
    maxBuffer: 64 * 1024 * 1024,
  });
  const passed = run.status === 0;
  checks.push({ name, passed });
  if (!passed) console.error(`\n== ${name}\n${run.stdout}${run.stderr}${run.error ?? ''}`);
  return passed ? run.stdout || ' ' : undefined;
}

function pack({ path, manifest: { name } }) {
  const listed = check(`${name}: npm pack`, 'npm', ['pack', '--json', '--pack-destination', scratch], path);
  if (!listed) return undefined;
  const [{ filename, files }] = Object.values(JSON.parse(listed));
  const tarball = join(scratch, filename);
  complete(name, new Set(files.map((file) => file.path)));
  check(`${name}: publint`, join(bin, 'publint'), ['run', tarball, '--strict']);
  const attw = ['--profile', 'esm-only', '--no-definitely-typed', '--no-emoji', '--format', 'ascii', tarball];
  check(`${name}: attw`, join(bin, 'attw'), attw);
  return tarball;
}

function complete(name, files) {
  const wanted = ['LICENSE', 'README.md', 'package.json', 'dist/index.js', 'dist/index.d.ts', 'src/index.ts'];
  const missing = wanted.filter((file) => !files.has(file));
  const stray = [...files].filter((file) =>
    /(?:^|\/)(?:test|reports|node_modules|\.turbo)\/|tsbuildinfo$/.test(file),
  );
  checks.push({ name: `${name}: content`, passed: missing.length + stray.length === 0 });
  for (const file of missing) console.error(`${name}: ${file} is not packed`);
  for (const file of stray) console.error(`${name}: ${file} should not be packed`);
}

/** What can be imported from a package: its exports that are code. */
function entries({ manifest: { name, exports } }) {
  const keys = Object.keys(exports).filter((key) => !key.endsWith('.json'));
  return keys.map((key) => name + key.slice(1));
}

function consume(tarballs) {
  const project = join(scratch, 'consumer');
  mkdirSync(project);
  writeFileSync(join(project, 'package.json'), '{ "name": "consumer", "private": true, "type": "module" }\n');
  const words = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'];
  if (!check('install the tarballs', 'npm', [...words, ...tarballs], project)) return;
  const all = packages.flatMap(entries);
  for (const entry of all) {
    check(
      `import ${entry}`,
      process.execPath,
      ['--input-type=module', '-e', `await import('${entry}')`],
      project,
    );
  }
  check('npx seglog', 'npx', ['--no-install', 'seglog', '--help'], project);
  const lines = all.map((entry, at) => `import * as entry${at} from '${entry}';`);
  const names = all.map((_, at) => `entry${at}`).join(', ');
  writeFileSync(
    join(project, 'consumer.ts'),
    `${lines.join('\n')}\nexport const entries: object[] = [${names}];\n`,
  );
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify(consumerConfig));
  check('compile a consumer', join(bin, 'tsc'), ['-p', project], project);
}

function report() {
  printTable([['check', ''], ...checks.map(({ name, passed }) => [name, passed ? 'ok' : 'FAILED'])]);
  const failed = checks.filter(({ passed }) => !passed).length;
  console.log(closingLine({ passed: checks.length - failed, failed, skipped: 0 }));
  process.exitCode = failed > 0 ? 1 : 0;
}
