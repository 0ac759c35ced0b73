// npm run figures:coverage: branch coverage of the rooms of core that guard data, by the tests of several packages together and
// by the searches for failing calls and damaged bytes, the latter at a tenth of their length. Records a figure for each
// room, and lists the branches that no test reaches.
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { environment, root } from './run/environment.mjs';
import { workspaces } from './run/workspaces.mjs';

const source = join(root, 'packages', 'core', 'src');
const rooms = ['codec', 'segment', 'log', 'journal', 'index', 'producer'];

/** What each figure is about: files of core, by their paths below its sources. */
const parts = {
  frame: /^codec\//,
  segment: /^segment\//,
  recovery:
    /^log\/(?:recovery|recovery-plan|recover-row|recovered-tail|scan-segment|roller|tail-.*|life-beyond|quarantine|unnamed-files|producer-recovery|watermark.*)\.ts$/,
  manifest: /^(?:journal\/|log\/manifest)/,
  log: /^log\//,
  index: /^index\//,
  producer: /^producer\//,
};

/** Searches run in the process that is looked at, and record nothing. */
const searching = { SEGLOG_SEARCH_SCALE: '0.1', SEGLOG_SEARCH_IN_PROCESS: '1' };

/** The report of one run: every branch of every file with how often it was taken. */
function coverageOf({ path, config, filters = [], extra = {} }) {
  const reports = join(path, 'reports', 'branches');
  rmSync(reports, { recursive: true, force: true });
  const include = rooms.map((room) => `--coverage.include=${join(source, room)}/**/*.ts`);
  const run = spawnSync(
    join(root, 'node_modules', '.bin', 'vitest'),
    [
      'run',
      ...filters,
      `--config=${config}`,
      '--coverage.enabled',
      '--coverage.provider=v8',
      '--coverage.allowExternal',
      '--coverage.reporter=json',
      `--coverage.reportsDirectory=${reports}`,
      '--coverage.reportOnFailure',
      ...include,
    ],
    { cwd: path, stdio: ['ignore', 'ignore', 'inherit'], env: environment(extra) },
  );
  if (run.status !== 0) console.error(`the tests in ${relative(root, path)} did not all pass`);
  return JSON.parse(readFileSync(join(reports, 'coverage-final.json'), 'utf8'));
}

/** The tests of every package, and the searches. */
function runs() {
  const tested = workspaces(root).filter(
    ({ folder, tests }) => folder.startsWith('packages') && tests.length > 0,
  );
  const testing = join(root, 'packages', 'testing');
  return [
    ...tested.map(({ path }) => ({ path, config: join(root, 'vitest.shared.ts') })),
    {
      path: testing,
      config: join(testing, 'vitest.ci.mjs'),
      filters: ['log-faults', 'fuzz'],
      extra: searching,
    },
  ];
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
          branches.set(key, { name, line: at.line ?? line, type, way: i, taken });
        });
      }
    }
  }
  return [...branches.values()];
}

const all = branchesOf(runs().map(coverageOf));
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
  .filter(({ taken }) => !(taken > 0))
  .toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.line - b.line));
console.log('\nnot reached:');
for (const { name, line, type, way } of missing) console.log(`  ${name}:${line} ${type}, way ${way + 1}`);
const { recordFigures } = await import(pathToFileURL(join(root, 'tools', 'dist', 'index.js')).href);
const units = Object.fromEntries(Object.keys(figures).map((key) => [key, '%']));
recordFigures(figures, { command: 'npm run figures:coverage', units });
