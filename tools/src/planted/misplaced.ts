import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../root.js';
import type { PlantedBug } from './mutation.js';

/** The bugs that cannot be planted any more, because their text does not stand exactly once in its source file. */
export function misplaced(bugs: readonly PlantedBug[]): readonly string[] {
  return bugs
    .filter(({ mutation }) => mutation !== undefined && countOf(mutation.find, mutation.file) !== 1)
    .map(({ name }) => name);
}

function countOf(text: string, file: string): number {
  return readFileSync(join(root, 'packages', file), 'utf8').split(text).length - 1;
}
