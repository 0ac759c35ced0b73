import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp } from 'node:fs/promises';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import type { Contender } from '../contender/contender.js';
import { readAndSum } from '../contender/raw.js';
import type { Metric, Values, Workload } from './workload.js';

const TO_FIRST_READ: Metric = { id: 'ms', unit: 'ms', better: 'lower' };

/** From the call that opens a cleanly closed store to its last record in hand. */
export const cleanOpen: Workload = {
  id: 'open.clean',
  title: 'open after a clean close, and read the last record',
  metrics: [TO_FIRST_READ],
  target: 1,
  isFor: canReopen,
  measure: async (contender, { filled, scale }) =>
    openAndRead(contender, await filled.of(contender), scale.storedRecords - 1),
};

/** The same after `kill -9`: on a copy of what the killed process left, so that every round recovers anew. */
export const recovery: Workload = {
  id: 'recovery',
  title: 'open after kill -9, and read the last record',
  metrics: [TO_FIRST_READ],
  isFor: canReopen,
  measure: async (contender, { filled, directory, scale }) => {
    const killed = await filled.killed(contender);
    await cp(killed, directory, { recursive: true });
    return openAndRead(contender, directory, scale.storedRecords - 1, { verify: true });
  },
};

function canReopen({ offers }: Contender): boolean {
  return offers.includes('reopen');
}

async function openAndRead(
  contender: Contender,
  directory: string,
  last: number,
  { verify = false } = {},
): Promise<Values> {
  const started = performance.now();
  if (verify && contender.kind === 'raw') readAndSum(directory);
  const store = await contender.open({ directory, durable: false, grouped: false });
  await store.read(last);
  const ms = performance.now() - started;
  await store.close();
  return { [TO_FIRST_READ.id]: ms };
}

/** A compiled file even when this one is run from its source. */
const CHILD = fileURLToPath(new URL('../../dist/contender/fill-child.js', import.meta.url));

/** Lets a child process fill the directory, and kills it while it holds everything open. */
export async function fillAndKill(contender: Contender, directory: string, records: number): Promise<void> {
  const words = [CHILD, contender.name, directory, String(records)];
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const [line] = await Promise.race([once(child.stdout, 'data'), exited]);
  if (String(line) !== 'filled\n')
    throw new Error(`${contender.name} could not be filled in a child process`);
  child.kill('SIGKILL');
  await exited;
}
