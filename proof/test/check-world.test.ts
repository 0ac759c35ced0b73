import { mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Log } from 'seglog';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type EnginePlan, openPlanned } from '../src/engine/open-engine.js';
import { type Check, checkWorld } from '../src/kill9/check-world.js';
import { LedgerWriter, readLedger } from '../src/kill9/ledger.js';
import { LoadPartition } from '../src/kill9/load-partition.js';
import { WorldModel } from '../src/kill9/world-model.js';

const SEED = 8;
let directory: string;
let engine: EnginePlan;
let world: WorldModel;

/** A topic with ten acknowledged records, and a model that knows of them. */
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'seglog-check-'));
  engine = { directory: join(directory, 'data'), reader: 'pread', codec: 'batch', sync: 'always' };
  const path = join(directory, 'ledger');
  const ledger = new LedgerWriter(openSync(path, 'a'));
  const open = await openPlanned(engine);
  const operation = ledger.intend({ type: 'create', topic: 'known', partitions: 1 });
  await open.createTopic('known', { partitions: 1 });
  ledger.settle(operation, { type: 'done' });
  const context = { seed: SEED, cycle: 1, ledger, isFair: () => false };
  const producer = { epoch: 0, nextSequence: 0, repeat: [] };
  const log = await open.log('known', 0);
  const partition = new LoadPartition(context, { topic: 'known', partition: 0, log, producer });
  for (const count of [1, 4, 5]) await partition.append({ count });
  await open.close();
  world = new WorldModel();
  expect(world.apply(1, readLedger(path))).toEqual([]);
  expect(world.acknowledged).toBe(10);
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

const check = (): Promise<Check> => checkWorld(world, { engine, seed: SEED, wholeBatches: true });

/** Does something that the model hears nothing of. */
async function secretly(change: (log: Log) => Promise<unknown>): Promise<void> {
  const open = await openPlanned(engine);
  await change(await open.log('known', 0));
  await open.close();
}

describe('a check of a data root', () => {
  test('finds everything as it was written down', async () => {
    expect(await check()).toMatchObject({ faults: [], lost: 0, phantoms: 0, records: 10 });
  });

  test('misses what was taken away at the end', async () => {
    await secretly((log) => log.truncateAfter(4));
    expect(await check()).toMatchObject({ lost: 5, phantoms: 0, records: 5 });
  });

  test('misses what was taken away at the start', async () => {
    await secretly((log) => log.deleteRecordsBefore(3));
    const { faults } = await check();
    expect(faults).toEqual(['known/0: the log starts at 3, not at 0']);
  });

  test('sees what nobody sent', async () => {
    await secretly((log) => log.append([{ value: new Uint8Array(40) }]));
    expect(await check()).toMatchObject({ lost: 0, phantoms: 1, records: 11 });
  });

  test('sees other bytes in the place of a record', async () => {
    await secretly(async (log) => {
      const { records } = await log.read(5);
      await log.truncateAfter(4);
      const last = records.at(-1);
      const changed = Uint8Array.from(last?.value ?? last?.key ?? []);
      changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
      await log.append([...records.slice(0, -1), { value: changed }]);
    });
    const { faults } = await check();
    expect(faults.join()).toContain('wrong bytes');
  });

  test('misses a topic, and sees one that nobody made', async () => {
    const open = await openPlanned(engine);
    await open.deleteTopic('known');
    await open.createTopic('unknown', { partitions: 1 });
    await open.close();
    const { faults } = await check();
    expect(faults).toEqual(['topic known is lost', 'topic unknown with 1 partitions was never made']);
  });
});
