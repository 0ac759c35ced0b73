import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { CrashedError, SimulatedDisk } from '@seglog/testing';
import { CLOCK, diskModule, type Engine, memoryModule, openEngine, partModule, RANDOM } from 'seglog';
import { describe, expect, test } from 'vitest';
import { type Delivery, JobQueue } from '../src/job-queue.js';

test('the example: workers die, no letter is lost', () => {
  const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));
  const output = execFileSync(process.execPath, [main], { encoding: 'utf8' });
  expect(output).toContain('5 workers died with kill -9, the next one came to the end\n');
  expect(output).toMatch(/97 letters were sent, \d+ of them more than once, 0 are lost\n3 dead letters:\n/);
  expect(output).toContain('  17: RangeError: nobody lives at 17\n');
  expect(output).toContain('  80: its worker died\n');
});

describe('a job queue', () => {
  test('goes on where it stopped, and remembers attempts', async () => {
    const modules = [memoryModule()];
    const deliveries: Delivery<string>[] = [];
    const engine = await openEngine({ modules });
    const queue = await JobQueue.open<string>(engine, 'q');
    await queue.enqueue(['a', 'b', 'c']);
    await queue.drain(async (delivery) => {
      deliveries.push(delivery);
      if (delivery.job === 'b') throw new Error('no');
    });
    await engine.close();
    expect(deliveries.map(({ job, attempt }) => `${job}${attempt}`)).toEqual(['a1', 'b1', 'b2', 'b3', 'c1']);
    const again = await openEngine({ modules });
    const reopened = await JobQueue.open<string>(again, 'q');
    await reopened.enqueue(['d']);
    await reopened.drain(async (delivery) => void deliveries.push(delivery));
    expect(deliveries.at(-1)).toEqual({ job: 'd', offset: 3, attempt: 1 });
    expect(deliveries).toHaveLength(6);
    expect(await reopened.deadLetters()).toEqual([{ job: 'b', reason: 'Error: no' }]);
    await again.close();
  });

  test('wherever the power fails, every job is done or given up, and none is passed over', async () => {
    let crashes = 0;
    for (let at = 40; ; at += 2) {
      const disk = new SimulatedDisk({ seed: 3 });
      const done = new Set<string>();
      disk.crashAt(at);
      if (!(await dies(() => disk.run(() => session(disk, done))))) break;
      crashes += 1;
      for (const survivor of disk.survivors('none')) {
        const found = survivor.disk();
        await found.run(() => session(found, done));
      }
      expect([...done].toSorted(), `a crash at call ${at}`).toEqual(['a', 'b', 'c']);
    }
    expect(crashes).toBeGreaterThan(20);
  });
});

/** Enqueues what is missing, and does what there is to do. */
async function session(disk: SimulatedDisk, done: Set<string>): Promise<void> {
  const engine = await openOn(disk);
  const queue = await JobQueue.open<string>(engine, 'q');
  const [offsets] = await engine.topic('q').offsets();
  if (offsets?.logEnd === 0) await queue.enqueue(['a', 'b', 'c']);
  await queue.drain(async ({ job }) => void done.add(job));
  await engine.close();
}

function openOn(disk: SimulatedDisk): Promise<Engine> {
  const parts = [partModule(CLOCK, disk.clock), partModule(RANDOM, disk.random)];
  return openEngine({ modules: [diskModule(() => disk.root), ...parts] });
}

async function dies(program: () => Promise<void>): Promise<boolean> {
  try {
    await program();
    return false;
  } catch (error) {
    if (error instanceof CrashedError) return true;
    throw error;
  }
}
