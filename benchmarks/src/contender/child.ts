import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Contender } from './contender.js';
import type { Stock } from './fill.js';

/** A compiled file even when this one is run from its source. */
const CHILD = fileURLToPath(new URL('../../dist/contender/fill-child.js', import.meta.url));

/**
 * Lets a child process of its own fill the directory, and kills it while it holds everything open. Resolves with the most
 * memory in bytes that the child has had.
 */
export async function fillAndKill(contender: Contender, directory: string, stock: Stock): Promise<number> {
  const words = [CHILD, contender.name, directory, String(stock.records), String(stock.valueBytes)];
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const [line] = await Promise.race([once(child.stdout, 'data'), exited]);
  const [, peakBytes] = /^filled (\d+)\n$/.exec(String(line)) ?? [];
  if (peakBytes === undefined) throw new Error(`${contender.name} could not be filled in a child process`);
  child.kill('SIGKILL');
  await exited;
  return Number(peakBytes);
}
