import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { afterCrash, crashSchedules, type ScheduledCrash, SimulatedDisk } from '../src/index.js';
import { CrashedError } from '../src/simulated/run-to-end.js';
import { type ToyBug, ToyLog } from './toy/toy-log.js';

const TEXTS = ['one', 'two', 'three'];

/** Appends, crashes as scheduled and goes on, until all is appended; what was acknowledged is there at each opening. */
async function keepsPromises(schedule: readonly ScheduledCrash[], bugs: ReadonlySet<ToyBug>): Promise<void> {
  let disk = new SimulatedDisk({ seed: 1 });
  const acknowledged: string[] = [];
  for (const crash of schedule) {
    disk.crashAt(crash.call, crash.when);
    await disk.run(() => appendAll(disk, bugs, acknowledged)).catch(requireCrash);
    disk = afterCrash(disk, crash);
  }
  const { records } = await disk.run(() => ToyLog.open(disk, bugs));
  expect(records.map(({ text }) => text)).toEqual(expect.arrayContaining(acknowledged));
}

async function appendAll(
  disk: SimulatedDisk,
  bugs: ReadonlySet<ToyBug>,
  acknowledged: string[],
): Promise<void> {
  const log = await ToyLog.open(disk, bugs);
  for (const text of TEXTS.slice(acknowledged.length)) {
    await log.append(text);
    acknowledged.push(text);
  }
}

function requireCrash(error: unknown): void {
  if (!(error instanceof CrashedError)) throw error;
}

const property = (bugs: ReadonlySet<ToyBug>) =>
  fc.asyncProperty(crashSchedules({ maxCall: 30 }), (schedule) => keepsPromises(schedule, bugs));

test('a sound log keeps its promises under any schedule of crashes', async () => {
  await expect(fc.assert(property(new Set()), { numRuns: 300, seed: 1 })).resolves.toBeUndefined();
});

test('a log that acknowledges before it syncs is found out, by a short schedule', async () => {
  const found = await fc.check(property(new Set(['ack before sync'])), { numRuns: 300, seed: 1 });
  expect(found.failed).toBe(true);
  expect(found.counterexample?.[0].length).toBeLessThan(3);
});

test('an outcome that is none is refused', () => {
  const disk = new SimulatedDisk({ seed: 1 });
  expect(() => afterCrash(disk, { outcome: 2 ** 32 })).toThrow(RangeError);
});
