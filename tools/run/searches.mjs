// What `npm run test:ci` and `npm run test:long` have in common: steps, each a workspace or one file of its searches.
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { closingLine, sum } from './closing-line.mjs';
import { environment, root } from './environment.mjs';
import { runSearch } from './search-step.mjs';
import { printTable, runStep } from './steps.mjs';
import { workspaces } from './workspaces.mjs';

/** These use every core, or need the machine to themselves; the others search on one core each. */
const ALONE = new Set(['packages/testing', 'proof']);
const LANES = Math.min(2, availableParallelism());

/** One step for each workspace that has searches. */
export const searchSteps = () =>
  workspaces(root)
    .filter(({ manifest }) => manifest.scripts?.['test:ci'])
    .map((workspace) => ({ workspace, title: workspace.folder, files: [] }));

/** One step for each file of searches: what is long can go on where it was stopped. */
export const fileSteps = () =>
  searchSteps().flatMap(({ workspace }) =>
    workspace.searches.map((file) => ({ workspace, title: `${workspace.folder} ${file}`, files: [file] })),
  );

/**
 * Carries out steps, two at a time where they leave a core to each other; never two of one workspace, whose report they
 * share. `onEnd(step, result)` hears of each; results are { passed, failed, skipped, titles, seconds }. Prints what they
 * came to beside `before`, results of an earlier run, and returns the sum.
 */
export async function runSearches(steps, { extra = {}, before = [], onEnd = () => undefined } = {}) {
  // Some searches run the command, or packages as they are published.
  const turbo = [join(root, 'tools', 'turbo.mjs'), '--quiet', 'run', 'build'];
  const build = await runStep(process.execPath, turbo, { cwd: root });
  if (build.code !== 0) return { passed: 0, failed: 1, skipped: 0, titles: [] };
  const results = [...before];
  const run = async (step, beside) => {
    const variables = environment({ ...extra, ...step.extra });
    const result = await runSearch(step, {
      variables,
      beside,
      place: `${steps.indexOf(step) + 1} of ${steps.length}`,
    });
    results.push({ title: step.title, ...result });
    onEnd(step, result);
  };
  const groups = byWorkspace(steps);
  const [alone, shared] = [groups.filter(isAlone), groups.filter((group) => !isAlone(group))];
  await Promise.all(
    Array.from({ length: LANES }, async () => {
      for (let group = shared.shift(); group !== undefined; group = shared.shift()) {
        for (const step of group) await run(step, true);
      }
    }),
  );
  for (const step of alone.flat()) await run(step, false);
  return summed(results);
}

/** Steps of one workspace stand together. */
function byWorkspace(steps) {
  const groups = new Map();
  for (const step of steps) {
    const { folder } = step.workspace;
    groups.set(folder, [...(groups.get(folder) ?? []), step]);
  }
  return [...groups.values()];
}

const isAlone = ([{ workspace }]) => ALONE.has(workspace.folder);

function summed(results) {
  const rows = results.map(({ title, passed, failed, skipped, seconds }) => [
    title,
    passed,
    failed,
    skipped,
    seconds,
  ]);
  printTable([['searches', 'passed', 'failed', 'skipped', 'seconds'], ...rows]);
  const titles = results.flatMap((result) => result.titles);
  for (const title of titles) console.log(`skipped on this machine: ${title}`);
  return { ...sum(results), titles };
}

/** Prints the closing line, and returns the exit code. */
export function closed(total) {
  console.log(closingLine(total));
  return total.failed > 0 ? 1 : 0;
}
