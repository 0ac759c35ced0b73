import { expectStoragesAgree, SimulatedDisk } from '@seglog/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRoot, type TemporaryRoot } from './temporary-root.js';

let root: TemporaryRoot;
beforeAll(async () => {
  root = await createRoot();
});
afterAll(() => root.dispose());

const simulated = () => {
  const directory = new SimulatedDisk({ seed: 1 }).root;
  return { directory, dispose: () => directory.close() };
};

test('the simulated disk goes the way of the real file system, whatever the calls', async () => {
  let runs = 0;
  const real = async () => {
    runs += 1;
    const name = `run-${runs}`;
    const directory = await root.directory.directory(name, { create: true });
    const dispose = async (): Promise<void> => {
      await directory.close();
      await root.directory.remove(name);
    };
    return { directory, dispose };
  };
  await expectStoragesAgree(simulated, real, { runs: 5_000, seed: 2 });
  expect(runs).toBe(5_000);
});
