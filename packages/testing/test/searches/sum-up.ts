import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { recordFigures } from '@seglog/tools';
import { COUNTS_FOLDER, SCALE, SEED } from './search-plan.js';

/** What one file of searches has left. */
interface Left {
  readonly counts: Readonly<Record<string, number>>;
  readonly table: string;
}

/** Forgets earlier searches. */
export function setup(): void {
  rmSync(COUNTS_FOLDER, { recursive: true, force: true });
}

/** Prints the tables of the searches, and records the sum of their counts. */
export function teardown(): void {
  const all = left();
  // A search that was cut short says nothing that should be kept.
  if (all.length === 0 || SCALE < 1) return;
  for (const { table } of all) console.log(`\n${table}`);
  const figures = summed(all);
  console.log('\nfigures of the searches');
  for (const [key, value] of Object.entries(figures)) console.log(`  ${key.padEnd(26)}${value}`);
  const command = process.env['SEGLOG_SEARCH_COMMAND'] ?? 'npm run test:ci';
  recordFigures(named(figures), { command, seed: SEED });
}

function left(): readonly Left[] {
  if (!existsSync(COUNTS_FOLDER)) return [];
  const files = readdirSync(COUNTS_FOLDER).toSorted();
  return files.map((file): Left => JSON.parse(readFileSync(new URL(file, COUNTS_FOLDER), 'utf8')));
}

function summed(all: readonly Left[]): Readonly<Record<string, number>> {
  const sums: Record<string, number> = {};
  for (const { counts } of all) {
    for (const [key, value] of Object.entries(counts)) {
      const before = sums[key] ?? 0;
      sums[key] = key.endsWith('Depth') ? Math.max(before, value) : before + value;
    }
  }
  return sums;
}

/** Longer searches have figures of their own. */
function named(figures: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  if (SCALE === 1) return figures;
  const entries = Object.entries({ ...figures, scale: SCALE });
  return Object.fromEntries(entries.map(([key, value]) => [`long.${key}`, value]));
}
