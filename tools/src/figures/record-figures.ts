import { thisCommit, thisMachine } from './circumstances.js';
import { type Figure, type FigureValue, figureProblems } from './figure.js';
import { mergeFigures } from './figures-file.js';

/** Where the figures of one run come from. */
export interface RecordingOptions {
  /** The npm script that takes the figures, as one types it: `npm run test:ci`. */
  readonly command: string;
  /** The seed of the run, if anything in it is random. */
  readonly seed?: number | string | undefined;
  /** Units by key, for example `{ 'bench.append.rate': 'records/s' }`. */
  readonly units?: Readonly<Record<string, string>> | undefined;
  /** What was measured and when, if not what is checked out now. */
  readonly commit?: string | undefined;
  /** ISO 8601, in UTC. */
  readonly date?: string | undefined;
  /** Another file than docs/figures.json. */
  readonly path?: string | undefined;
}

/**
 * Writes figures of one run into docs/figures.json, with date, seed, commit, machine and command. Keys are flat
 * (`kill9.lost`); a key that exists is replaced, all others stay. Throws RangeError for a malformed key or value and
 * writes nothing then.
 */
export function recordFigures(
  values: Readonly<Record<string, FigureValue>>,
  options: RecordingOptions,
): void {
  const circumstances = {
    date: options.date ?? new Date().toISOString(),
    seed: options.seed ?? null,
    commit: options.commit ?? thisCommit(),
    machine: thisMachine(),
    command: options.command,
  };
  const figures = Object.entries(values).map(([key, value]): [string, Figure] => [
    key,
    { value, unit: options.units?.[key] ?? null, ...circumstances },
  ]);
  for (const [key, figure] of figures) {
    const problems = figureProblems(key, figure);
    if (problems.length > 0) throw new RangeError(`figure ${key}: ${problems.join(' ')}`);
  }
  mergeFigures(Object.fromEntries(figures), options.path);
}
