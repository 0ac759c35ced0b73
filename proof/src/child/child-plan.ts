import { readFileSync } from 'node:fs';

const INPUT = 0;

/** The plan that this process was given on its input, as JSON. */
export function planText(): string {
  return readFileSync(INPUT, 'utf8');
}

/** What this process found, for its parent. */
export function answer(result: unknown): void {
  process.stdout.write(JSON.stringify(result));
}
