// npm run figures:coverage: branch coverage of the rooms that guard data, by the tests of core and of testing together.
// Records a figure for each, and lists the branches that no test reaches.
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { environment, root } from './run/environment.mjs';

const source = join(root, 'packages', 'core', 'src');
const rooms = ['codec', 'segment', 'log', 'journal', 'index', 'producer'];

/** What each figure is about: files of core, by their paths below its sources. */
const parts = {
  frame: /^codec\//,
  segment: /^segment\//,
  recovery:
    /^log\/(?:recovery|recovery-plan|recovered-tail|tail-.*|life-beyond|quarantine|unnamed-files|producer-recovery|watermark.*)\.ts$/,
  manifest: /^(?:journal\/|log\/manifest)/,
  log: /^log\//,
  index: /^index\//,
  producer: /^producer\//,
};

/** The report of one workspace: every branch of every file with how often it was taken. */
function coverageOf(folder) {
  const reports = join(root, 'packages', folder, 'reports', 'branches');
  rmSync(reports, { recursive: true, force: true });
  const include = rooms.map((room) => `--coverage.include=${join(source, room)}/**`);
  const run = spawnSync(
    join(root, 'node_modules', '.bin', 'vitest'),
    [
      'run',
      '--config=../../vitest.shared.ts',
      '--coverage.enabled',
      '--coverage.allowExternal',
      '--coverage.reporter=json',
      `--coverage.reportsDirectory=${reports}`,
      '--coverage.reportOnFailure',
      ...include,
      ...process.argv.slice(2),
    ],
    { cwd: join(root, 'packages', folder), stdio: ['ignore', 'ignore', 'inherit'], env: environment() },
  );
  if (run.status !== 0) console.error(`the tests of ${folder} did not all pass`);
  return JSON.parse(readFileSync(join(reports, 'coverage-final.json'), 'utf8'));
}

/** Branches by place, with the sum of what all reports say. */
function branchesOf(reports) {
  const branches = new Map();
  for (const report of reports) {
    for (const file of Object.values(report)) {
      const name = relative(source, file.path);
      for (const [id, { type, line, locations }] of Object.entries(file.branchMap)) {
        locations.forEach((location, i) => {
          const at = location.start ?? {};
          const key = `${name}:${at.line ?? line}:${at.column ?? ''}:${type}:${i}`;
          const before = branches.get(key);
          const taken = (before?.taken ?? 0) + (file.b[id][i] ?? 0);
          branches.set(key, { name, line: at.line ?? line, type, taken });
        });
      }
    }
  }
  return [...branches.values()];
}

const all = branchesOf(['core', 'testing'].map(coverageOf));
const figures = {};
for (const [part, pattern] of Object.entries(parts)) {
  const branches = all.filter(({ name }) => pattern.test(name));
  const taken = branches.filter((branch) => branch.taken > 0).length;
  figures[`coverage.branch.${part}`] = Math.floor((taken * 1000) / branches.length) / 10;
  console.log(
    `${part.padEnd(10)} ${String(taken).padStart(5)} of ${String(branches.length).padStart(5)} branches`,
  );
}
const missing = all
  .filter(({ taken }) => taken === 0)
  .toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.line - b.line));
console.log('\nnot reached:');
for (const { name, line, type } of missing) console.log(`  ${name}:${line} ${type}`);
const { recordFigures } = await import(pathToFileURL(join(root, 'tools', 'dist', 'index.js')).href);
const units = Object.fromEntries(Object.keys(figures).map((key) => [key, '%']));
recordFigures(figures, { command: 'npm run figures:coverage', units });
