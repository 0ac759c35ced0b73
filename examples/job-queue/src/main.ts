import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LETTERS, type Letter, openPostOffice, type PostOffice } from './letters.js';
import { runWorker } from './run-worker.js';

const directory = await mkdtemp(join(tmpdir(), 'seglog-jobs-'));

async function enqueue(): Promise<void> {
  const { engine, queue } = await openPostOffice(directory);
  await queue.enqueue(Array.from({ length: LETTERS }, (_, to): Letter => ({ to })));
  await engine.close();
  console.log(`${LETTERS} letters are in the queue`);
}

/** Workers come and are killed; one letter kills its worker each time, until it is given up. */
async function work(): Promise<void> {
  let deaths = 0;
  while (!(await runWorker(directory, deaths < 2 ? 20 : undefined))) deaths += 1;
  console.log(`${deaths} workers died with kill -9, the next one came to the end`);
}

async function audit({ queue, sent }: PostOffice): Promise<void> {
  const { records } = await sent.read(0, 0);
  const times = new Map<number, number>();
  for (const { value } of records) if (value !== null) times.set(value.to, (times.get(value.to) ?? 0) + 1);
  const dead = await queue.deadLetters();
  const gone = new Set(dead.map(({ job }) => job.to));
  const letters = Array.from({ length: LETTERS }, (_, to) => to);
  const lost = letters.filter((to) => !times.has(to) && !gone.has(to));
  const twice = [...times.values()].filter((count) => count > 1).length;
  console.log(`${times.size} letters were sent, ${twice} of them more than once, ${lost.length} are lost`);
  console.log(`${dead.length} dead letters:`);
  for (const { job, reason } of dead) console.log(`  ${job.to}: ${reason}`);
  if (lost.length > 0) throw new Error(`lost: ${lost.join(', ')}`);
}

try {
  await enqueue();
  await work();
  const office = await openPostOffice(directory);
  await audit(office);
  await office.engine.close();
} finally {
  await rm(directory, { recursive: true });
}
