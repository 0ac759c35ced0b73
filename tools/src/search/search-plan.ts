import type { FigureValue } from '../figures/figure.js';
import { recordFigures } from '../figures/record-figures.js';

const LONG = 'npm run test:long';

/** How much the searches of one run look for, and from where. */
export interface SearchPlan {
  /** 1 in `npm run test:ci`; what `npm run test:long` was told, any number above 0. */
  readonly scale: number;
  /** The first seed; a longer search goes on to the next ones. */
  readonly seed: number;
  /** As many seeds as the scale says, from the first on. */
  readonly seeds: readonly number[];
  /** What is to be enumerated of it: undefined for all, a sample in a search that is cut short. */
  readonly shard: { readonly index: number; readonly count: number } | undefined;
  /** Crashes in a row of one walk: one more in long searches. */
  readonly walkDepth: number;
  /** `count` in a search of scale 1; at least 1. */
  readonly scaled: (count: number) => number;
}

/** The plan that the environment states. Throws `RangeError` when it states none that could be carried out. */
export function searchPlan(environment: NodeJS.ProcessEnv = process.env): SearchPlan {
  const scale = positive(environment, 'SEGLOG_SEARCH_SCALE');
  const seed = positive(environment, 'SEGLOG_SEARCH_SEED');
  return {
    scale,
    seed,
    seeds: Array.from({ length: Math.ceil(scale) }, (_, i) => seed + i),
    shard: scale < 1 ? { index: 0, count: Math.round(1 / scale) } : undefined,
    walkDepth: scale > 1 ? 4 : 3,
    scaled: (count) => Math.max(1, Math.round(count * scale)),
  };
}

/** What {@link recordSearch} needs to know beside the figures. */
export interface SearchRecording {
  /** Default: that of the plan. */
  readonly seed?: number | undefined;
  readonly units?: Readonly<Record<string, string>> | undefined;
  /** Another file than docs/figures.json. */
  readonly path?: string | undefined;
}

/**
 * Records what a search has found: that of a long run under names of its own (`long.crash.states`), with its scale. A search that was cut
 * short, to a scale below 1, says nothing that should be kept.
 */
export function recordSearch(
  figures: Readonly<Record<string, FigureValue>>,
  { seed, units = {}, path }: SearchRecording = {},
  environment: NodeJS.ProcessEnv = process.env,
): void {
  const plan = searchPlan(environment);
  if (plan.scale < 1) return;
  const command = environment['SEGLOG_SEARCH_COMMAND'] ?? 'npm run test:ci';
  const options = { command, seed: seed ?? plan.seed, path };
  if (command !== LONG) recordFigures(figures, { ...options, units });
  else recordFigures(long({ ...figures, scale: plan.scale }), { ...options, units: long(units) });
}

function long<Value>(values: Readonly<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [`long.${key}`, value]));
}

function positive(environment: NodeJS.ProcessEnv, variable: string): number {
  const value = Number(environment[variable] ?? 1);
  if (!(value > 0)) throw new RangeError(`${variable} is a number above 0, not ${environment[variable]}`);
  return value;
}
