// npm run test:long -- --scale 10 --seed 7: the searches of `npm run test:ci`, so many times as long, from another seed.
// What they find goes into docs/figures.json under names of its own (`long.crash.states`), and from there onto the page
// of durability; of a scale below 1, which is for trying this out, nothing does. Without a scale 10 is taken, without a
// seed one of this moment, which is printed. Each file of searches is a step of its own: `--resume` goes on with those
// that a run that was stopped had not come to, or that failed.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { root } from './run/environment.mjs';
import { closed, fileSteps, runSearches } from './run/searches.mjs';

const STATE = join(root, 'reports', 'test-long.json');
const commit = execFileSync('git', ['rev-parse', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim();
const { values } = parseArgs({
  options: { scale: { type: 'string' }, seed: { type: 'string' }, resume: { type: 'boolean' } },
});
const run = values.resume ? resumed() : begun();
const { scale, seed, done } = run;
console.log(`npm run test:long -- --scale ${scale} --seed ${seed}`);

const all = fileSteps();
const steps = all.filter(({ title }) => done[title] === undefined);
if (steps.length < all.length) console.log(`${all.length - steps.length} of ${all.length} steps are done`);
const extra = {
  SEGLOG_SEARCH_SCALE: String(scale),
  SEGLOG_SEARCH_SEED: String(seed),
  SEGLOG_SEARCH_COMMAND: 'npm run test:long',
};
const total = await runSearches(steps.map(goingOn), { extra, before: Object.values(done), onEnd: keep });
const { recordSearch } = await import(pathToFileURL(join(root, 'tools', 'dist', 'index.js')).href);
Object.assign(process.env, extra);
recordSearch({
  'tiers.skipped': total.skipped,
  'tests.passed': total.passed,
  'tests.failed': total.failed,
  seconds: Object.values(done).reduce((sum, { seconds }) => sum + seconds, 0),
});
process.exit(closed(total));

function begun() {
  return {
    commit,
    scale: number('scale', values.scale ?? '10'),
    seed: number('seed', values.seed ?? String(Date.now() % 1_000_000)),
    done: {},
  };
}

function resumed() {
  let before;
  try {
    before = JSON.parse(readFileSync(STATE, 'utf8'));
  } catch {
    fail('no long run was stopped here');
  }
  const same = [values.scale ?? before.scale, values.seed ?? before.seed].map(Number);
  if (same[0] !== before.scale || same[1] !== before.seed || before.commit !== commit) {
    fail(`what was stopped had scale ${before.scale} and seed ${before.seed}, at commit ${before.commit}`);
  }
  return before;
}

/** The counts of a workspace add up over its files: only the first of them forgets those of an earlier run. */
function goingOn(step) {
  const { folder } = step.workspace;
  const begins = all.find(({ workspace }) => workspace.folder === folder) === step;
  const goesOn = !begins || Object.keys(done).some((title) => title.startsWith(`${folder} `));
  return { ...step, extra: goesOn ? { SEGLOG_SEARCH_GOES_ON: '1' } : {} };
}

/** A step that failed is carried out again. */
function keep({ title }, result) {
  if (result.failed === 0) done[title] = { title, ...result };
  mkdirSync(dirname(STATE), { recursive: true });
  writeFileSync(STATE, JSON.stringify(run, undefined, 2));
}

function number(name, text) {
  const value = Number(text);
  if (!(value > 0) || (name === 'seed' && !Number.isSafeInteger(value))) {
    fail(`--${name} takes a number above 0, not ${text}`);
  }
  return value;
}

function fail(why) {
  console.error(why);
  process.exit(2);
}
