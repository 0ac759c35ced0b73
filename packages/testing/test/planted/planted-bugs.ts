import type { PlantedBug } from '@seglog/tools';
import { CHANGE_MUTATIONS } from './change-mutations.js';
import { PART_MUTATIONS } from './part-mutations.js';
import { RECOVERY_MUTATIONS } from './recovery-mutations.js';
import { SEAM_BUGS } from './seam-bugs.js';
import { WRITE_MUTATIONS } from './write-mutations.js';

const seams = Object.entries(SEAM_BUGS).map(([seam, { by = 'random stores' }]) => ({ name: seam, by, seam }));
const mutations = [...WRITE_MUTATIONS, ...CHANGE_MUTATIONS, ...RECOVERY_MUTATIONS, ...PART_MUTATIONS].map(
  ({ file, ...mutation }) => ({
    name: mutation.name,
    by: mutation.by,
    mutation: { ...mutation, file: `core/src/${file}` },
  }),
);

export const PLANTED_BUGS: readonly PlantedBug[] = [...seams, ...mutations];

/** What `catchAll` runs against them. */
export const PLANTED_CASES: URL = new URL('./catching-cases.ts', import.meta.url);
