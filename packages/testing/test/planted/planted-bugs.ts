import { CHANGE_MUTATIONS } from './change-mutations.js';
import type { Mutation } from './mutation.js';
import { PART_MUTATIONS } from './part-mutations.js';
import { RECOVERY_MUTATIONS } from './recovery-mutations.js';
import { SEAM_BUGS } from './seam-bugs.js';
import { WRITE_MUTATIONS } from './write-mutations.js';

/** One engine with one bug. */
export interface PlantedBug {
  readonly name: string;
  /** The case that notices it. */
  readonly by: string;
  readonly mutation?: Mutation;
  /** Name of a bug at a seam. */
  readonly seam?: string;
}

const seams = Object.entries(SEAM_BUGS).map(([seam, { by = 'random stores' }]) => ({ name: seam, by, seam }));
const mutations = [...WRITE_MUTATIONS, ...CHANGE_MUTATIONS, ...RECOVERY_MUTATIONS, ...PART_MUTATIONS].map(
  (mutation) => ({ name: mutation.name, by: mutation.by, mutation }),
);

export const PLANTED_BUGS: readonly PlantedBug[] = [...seams, ...mutations];
