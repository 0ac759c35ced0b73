import assert from 'node:assert/strict';
import { type CrashStudy, enumerateCrashes, readFile, type SimulatedDisk } from '@seglog/testing';
import { expect, test } from 'vitest';
import type { Engine, StorageDirectory } from '../src/index.js';
import { openAhead } from './ahead-disk.js';

/** A segment of the write-ahead log as it was damaged. */
interface Damaged {
  readonly file: string;
  readonly bytes: Uint8Array;
}

const wal = { onCorruption: 'salvage', maxSegmentBytes: 4096, preallocateBytes: 0 } as const;

/** A write-ahead log is damaged in its first segment, and an engine lives with that. */
const study: CrashStudy<{ readonly disk: SimulatedDisk; readonly engine: Engine }, Damaged> = {
  name: 'copy of a damaged segment',
  async workload(disk, oracle) {
    const killed = await openAhead(disk, { wal });
    await killed.createTopic('a', { partitions: 1 });
    for (let i = 0; i < 12; i += 1) await killed.topic('a').append({ value: 'x'.repeat(800) });
    await disk.root.close();
    oracle.note(await damage(disk.root));
    await (await openAhead(disk, { wal })).close();
  },
  open: async (disk) => ({ disk, engine: await openAhead(disk, { wal }) }),
  async check({ disk, engine }, { facts }) {
    const [damaged] = facts;
    if (damaged !== undefined) await requireKept(disk.root, damaged);
    await engine.close();
    if (damaged !== undefined) await requireKept(disk.root, damaged);
    return undefined;
  },
};

async function damage(root: StorageDirectory): Promise<Damaged> {
  const directory = await root.directory('wal', { create: false });
  const names = (await directory.list()).map(({ name }) => name).filter((name) => name.endsWith('.log'));
  const [file = ''] = names.toSorted();
  const bytes = Uint8Array.from(await readFile(directory, file));
  bytes[1000] = (bytes[1000] ?? 0) ^ 1;
  const target = await directory.open(file);
  await target.write(0, [bytes]);
  await target.sync();
  await target.close();
  return { file, bytes };
}

/** The damaged segment is in its place, or in quarantine, byte for byte. */
async function requireKept(root: StorageDirectory, { file, bytes }: Damaged): Promise<void> {
  const homes = [await root.directory('wal', { create: false })];
  if ((await root.list()).some(({ name }) => name === 'quarantine')) {
    const quarantine = await root.directory('quarantine', { create: false });
    for (const { name } of await quarantine.list()) {
      homes.push(await quarantine.directory(name, { create: false }));
    }
  }
  for (const home of homes) {
    if ((await home.sizeOf(file)) === undefined) continue;
    if (Buffer.compare(await readFile(home, file), bytes) === 0) return;
  }
  assert.fail(`${file} is nowhere as it was damaged`);
}

test('a damaged segment of a write-ahead log is let go of only when a copy of it is durable', async () => {
  const report = await enumerateCrashes(study, { fromFact: 1, profile: 'drop-one' });
  expect(report.violations[0]?.timeline).toBeUndefined();
  expect(report.distinctStates).toBeGreaterThan(20);
});
