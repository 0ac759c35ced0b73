import { mkdirSync, writeFileSync } from 'node:fs';
import { searchPlan } from '@seglog/tools';

export const PLAN = searchPlan();

/** Where the searches of one run leave their counts; see `sum-up.ts`. */
export const COUNTS_FOLDER = new URL('../../reports/searches/', import.meta.url);

/** Leaves the counts of one file of searches, with the table that it prints at the end of the run. */
export function leaveCounts(file: string, counts: Readonly<Record<string, number>>, table = ''): void {
  mkdirSync(COUNTS_FOLDER, { recursive: true });
  writeFileSync(new URL(`${file}.json`, COUNTS_FOLDER), JSON.stringify({ counts, table }));
}
