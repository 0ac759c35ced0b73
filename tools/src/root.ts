import { fileURLToPath } from 'node:url';

/** The root of the repository, seen from this file's source and from its build alike. */
export const root: string = fileURLToPath(new URL('../..', import.meta.url));
