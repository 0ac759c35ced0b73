import type { Growth } from './growth.js';
import { partitionGrowth } from './partition-growth.js';
import { recordGrowth } from './record-growth.js';

/** In the order in which they are measured and reported. */
export const growths: readonly Growth[] = [recordGrowth, partitionGrowth];
