import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** How a child ended: with a code, or by a signal. */
export type ChildEnd = number | NodeJS.Signals | null;

/**
 * Runs a compiled program of this package in a process of its own, with its plan as JSON on its input, and returns the
 * JSON that it writes on its output. Rejects if it ends otherwise than with 0.
 */
export async function runChild<T>(program: string, plan: unknown): Promise<T> {
  const { end, output } = await endOfChild(program, plan);
  if (end !== 0) throw new Error(`${program} ended with ${end}`);
  const result: T = JSON.parse(output);
  return result;
}

/** As {@link runChild}, for a program that may end in any way. */
export async function endOfChild(
  program: string,
  plan: unknown,
): Promise<{ readonly end: ChildEnd; readonly output: string }> {
  const child = spawn(process.execPath, [compiled(program)], { stdio: ['pipe', 'pipe', 'inherit'] });
  // A child that ended before it had read its plan says so by its end.
  child.stdin.on('error', () => undefined);
  child.stdin.end(JSON.stringify(plan));
  const said: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => said.push(chunk));
  const end = await new Promise<ChildEnd>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(signal ?? code));
  });
  return { end, output: Buffer.concat(said).toString() };
}

/** Seen from `src/` as well as from `dist/`. */
export function compiled(program: string): string {
  return fileURLToPath(new URL(`../../dist/${program}.js`, import.meta.url));
}
