import { mkdirSync, writeFileSync } from 'node:fs';

/** How much is searched: `npm run test:ci` takes 1, `npm run test:long` what it is told. */
export const SCALE = positive('SEGLOG_SEARCH_SCALE');
/** The first seed; a longer search goes on to the next ones. */
export const SEED = positive('SEGLOG_SEARCH_SEED');
/** As many seeds as the scale says, from the first on. */
export const SEEDS: readonly number[] = Array.from({ length: Math.ceil(SCALE) }, (_, i) => SEED + i);

/** Crashes in a row of one walk: one more in long searches. */
export const WALK_DEPTH = SCALE > 1 ? 4 : 3;

/** `count` in a search of scale 1. */
export const scaled = (count: number): number => Math.round(count * SCALE);

/** Where the searches of one run leave their counts; see `sum-up.ts`. */
export const COUNTS_FOLDER = new URL('../../reports/searches/', import.meta.url);

/** Leaves the counts of one file of searches, with the table that it prints at the end of the run. */
export function leaveCounts(file: string, counts: Readonly<Record<string, number>>, table = ''): void {
  mkdirSync(COUNTS_FOLDER, { recursive: true });
  writeFileSync(new URL(`${file}.json`, COUNTS_FOLDER), JSON.stringify({ counts, table }));
}

function positive(variable: string): number {
  const value = Number(process.env[variable] ?? 1);
  if (!(value > 0)) throw new RangeError(`${variable} is a number above 0, not ${process.env[variable]}`);
  return value;
}
