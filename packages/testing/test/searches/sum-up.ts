import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { recordSearch } from '@seglog/tools';
import { COUNTS_FOLDER } from './search-plan.js';

/** Files whose counts make one sum: a run of some of them alone does not record it. */
const TOGETHER = { prefix: 'crash.', files: ['log-crashes', 'other-crashes'] } as const;

/** What one file of searches has left. */
interface Left {
  readonly file: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly table: string;
}

/** Forgets earlier searches, but for those of a long run that is carried out one file after the other. */
export function setup(): void {
  if (process.env['SEGLOG_SEARCH_GOES_ON'] !== undefined) return;
  rmSync(COUNTS_FOLDER, { recursive: true, force: true });
}

/** Prints the tables of the searches, and records the sum of their counts. */
export function teardown(): void {
  const all = left();
  if (all.length === 0) return;
  for (const { table } of all) console.log(`\n${table}`);
  const figures = rated(summed(all));
  console.log('\nfigures of the searches');
  for (const [key, value] of Object.entries(figures)) console.log(`  ${key.padEnd(32)}${value}`);
  recordSearch(whole(figures, all));
}

function left(): readonly Left[] {
  if (!existsSync(COUNTS_FOLDER)) return [];
  const files = readdirSync(COUNTS_FOLDER).toSorted();
  return files.map((name): Left => {
    const content = JSON.parse(readFileSync(new URL(name, COUNTS_FOLDER), 'utf8'));
    return { ...content, file: name.replace('.json', '') };
  });
}

function summed(all: readonly Left[]): Readonly<Record<string, number>> {
  const sums: Record<string, number> = {};
  for (const { counts } of all) {
    for (const [key, value] of Object.entries(counts)) {
      const before = sums[key] ?? 0;
      sums[key] = key === 'crash.recoveryDepth' ? Math.max(before, value) : before + value;
    }
  }
  return sums;
}

/** With the speed of the searches for crashes instead of the time that cores have worked on them. */
function rated({
  'crash.coreSeconds': seconds,
  ...figures
}: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  if (seconds === undefined) return figures;
  const perSecond = (key: string): number => Math.round((figures[key] ?? 0) / seconds);
  return {
    ...figures,
    'crash.statesPerSecondPerCore': perSecond('crash.states'),
    'crash.resolutionsPerSecondPerCore': perSecond('crash.resolutions'),
  };
}

/** Without a sum of which a part is missing. */
function whole(
  figures: Readonly<Record<string, number>>,
  all: readonly Left[],
): Readonly<Record<string, number>> {
  if (TOGETHER.files.every((name) => all.some(({ file }) => file === name))) return figures;
  return Object.fromEntries(Object.entries(figures).filter(([key]) => !key.startsWith(TOGETHER.prefix)));
}
