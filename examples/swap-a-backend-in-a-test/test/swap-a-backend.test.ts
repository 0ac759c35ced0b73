import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CrashedError, SimulatedDisk } from '@seglog/testing';
import { simulatedDiskModule } from '@seglog/testing/inversify';
import { type Engine, openEngine } from 'seglog';
import { afterAll, describe, expect, test } from 'vitest';
import { type Backend, backends } from '../src/backends.js';
import { sell, takings } from '../src/orders.js';

const directory = mkdtempSync(join(tmpdir(), 'seglog-swap-test-'));
afterAll(() => rmSync(directory, { recursive: true }));

async function on({ disk, modules }: Backend, program: (engine: Engine) => Promise<void>): Promise<void> {
  const run = async (): Promise<void> => {
    const engine = await openEngine({ modules });
    await program(engine);
    await engine.close();
  };
  await (disk === undefined ? run() : disk.run(run));
}

describe('the shop does not know what its engine is made of', () => {
  for (const [name, backend] of Object.entries(backends(directory))) {
    test(name, async () => {
      await on(backend, (engine) => sell(engine, [12, 30, 7]));
      await on(backend, async (engine) => {
        expect(await takings(engine)).toEqual({ orders: 3, sum: 49 });
      });
    });
  }

  test('an hour of waiting passes in no time, on the clock of the simulation', async () => {
    const { 'an hour of virtual time': patient } = backends(directory);
    if (patient?.disk === undefined) throw new TypeError('there is no such backend');
    const before = patient.disk.clock.monotonicMs();
    await on(patient, (engine) => sell(engine, [1]));
    expect(patient.disk.clock.monotonicMs() - before).toBeGreaterThanOrEqual(3_600_000);
  });
});

describe('power fails', () => {
  test('at any call to the disk: what was sold and acknowledged is there when the shop opens again', async () => {
    let crashes = 0;
    for (let at = 0; ; at += 1) {
      const disk = new SimulatedDisk({ seed: 7 });
      disk.crashAt(at);
      const sold: number[] = [];
      if (!(await diesWhileSelling(disk, sold))) break;
      crashes += 1;
      for (const survivor of disk.survivors('none')) {
        const found = survivor.disk();
        const { orders, sum } = await found.run(() => count(found));
        expect([sold.length, sold.length + 1], `a crash at call ${at}`).toContain(orders);
        expect(sum).toBeGreaterThanOrEqual(sold.reduce((total, price) => total + price, 0));
      }
    }
    expect(crashes).toBeGreaterThan(30);
  });
});

/** False when the shop closed before the power failed. */
async function diesWhileSelling(disk: SimulatedDisk, sold: number[]): Promise<boolean> {
  try {
    await disk.run(() => sellOneByOne(disk, sold));
    return false;
  } catch (error) {
    if (error instanceof CrashedError) return true;
    throw error;
  }
}

async function sellOneByOne(disk: SimulatedDisk, sold: number[]): Promise<void> {
  const engine = await openEngine({ modules: [simulatedDiskModule(disk)] });
  for (const price of [12, 30, 7]) {
    await sell(engine, [price]);
    sold.push(price);
  }
  await engine.close();
}

async function count(disk: SimulatedDisk): Promise<{ readonly orders: number; readonly sum: number }> {
  const engine = await openEngine({ modules: [simulatedDiskModule(disk)] });
  await sell(engine, []);
  const result = await takings(engine);
  await engine.close();
  return result;
}
