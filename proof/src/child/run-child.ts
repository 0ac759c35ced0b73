import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/**
 * Runs a compiled program of this package in a process of its own, with its plan as JSON on its input, and returns the
 * JSON that it writes on its output. Rejects if it ends otherwise than with 0.
 */
export async function runChild<T>(program: string, plan: unknown, flags: readonly string[] = []): Promise<T> {
  const child = spawn(process.execPath, [...flags, compiled(program)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.end(JSON.stringify(plan));
  const said: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => said.push(chunk));
  const end = await new Promise<number | NodeJS.Signals | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(signal ?? code));
  });
  if (end !== 0) throw new Error(`${program} ended with ${end}`);
  const result: T = JSON.parse(Buffer.concat(said).toString());
  return result;
}

/** Seen from `src/` as well as from `dist/`. */
export function compiled(program: string): string {
  return fileURLToPath(new URL(`../../dist/${program}.js`, import.meta.url));
}
