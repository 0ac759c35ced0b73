import type { PlantedBug } from '@seglog/tools';
import { AHEAD_MUTATIONS } from './ahead-mutations.js';

export const AHEAD_BUGS: readonly PlantedBug[] = AHEAD_MUTATIONS.map((mutation) => ({
  name: mutation.name,
  by: mutation.by,
  mutation,
}));

/** What `catchAll` runs against them. */
export const AHEAD_CASES_MODULE: URL = new URL('./ahead-cases.ts', import.meta.url);
