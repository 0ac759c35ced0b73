import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

/** Children run what is compiled: it is brought up to date first, also when a test is run by itself. */
export function compileChildren(): void {
  execFileSync(path('../../node_modules/.bin/tsc'), ['-b', path('..')], { stdio: 'inherit' });
}
