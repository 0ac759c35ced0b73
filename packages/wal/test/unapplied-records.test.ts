import assert from 'node:assert/strict';
import { crc32c, defaultComponents, WriterSession } from '@seglog/core';
import { type CrashStudy, enumerateCrashes, SimulatedDisk } from '@seglog/testing';
import { expect, test } from 'vitest';
import { carriedBytes, PART_HEAD_BYTES, WRITE, writePart } from '../src/carried-write.js';
import { UnappliedRecords } from '../src/index.js';

interface Opened {
  readonly records: UnappliedRecords;
  readonly session: WriterSession;
}

async function open({ root, clock, random }: SimulatedDisk): Promise<Opened> {
  const session = await WriterSession.open(root, { clock, random, checksum: crc32c() });
  const components = { ...defaultComponents(root, session), clock, random };
  return { records: new UnappliedRecords({ root, components }, { preallocateBytes: 0 }), session };
}

/** A record of one part, whose first offset is its number. */
function recordOf(number: number): { kind: number; lsn: number; nextLsn: number; payload: Uint8Array } {
  const value = new Uint8Array(20).fill(number);
  const facts = { offsets: undefined, epoch: 1, stableUpTo: 0, tombstones: 0, producer: undefined };
  const times = { appendTimeMs: 1, minTimestampMs: 1, maxTimestampMs: 1 };
  const batch = { records: [{ value }], count: 1, baseOffset: number, ...facts, ...times };
  const target = Buffer.alloc(PART_HEAD_BYTES + carriedBytes(batch));
  const end = writePart({ partition: 0, topicHalves: [1, 2] }, batch, target, 0);
  return { kind: WRITE, lsn: 0, nextLsn: 1, payload: target.subarray(0, end) };
}

async function numbersIn({ records }: Opened): Promise<readonly number[]> {
  const found: number[] = [];
  await records.takeOut(async ({ baseOffset }) => {
    found.push(baseOffset);
    return false;
  });
  return found;
}

type Fact = { readonly kept: number } | { readonly taken: number };

const study: CrashStudy<Opened, Fact> = {
  name: 'unapplied records',
  async workload(disk, oracle) {
    const { records, session } = await open(disk);
    for (let number = 0; number < 4; number += 1) {
      await records.keep(recordOf(number));
      oracle.note({ kept: number });
    }
    await records.takeOut(async ({ baseOffset }) => {
      if (baseOffset === 2) return false;
      oracle.note({ taken: baseOffset });
      return true;
    });
    await records.close();
    await session.close({ clean: true });
  },
  open,
  async check(opened, { facts }) {
    const found = await numbersIn(opened);
    for (const fact of facts) {
      if (!('kept' in fact)) continue;
      const isTaken = facts.some((other) => 'taken' in other && other.taken === fact.kept);
      assert.ok(isTaken || found.includes(fact.kept), `record ${fact.kept} is lost`);
    }
    return JSON.stringify(found);
  },
};

test('records that no partition could take stay until each of their partitions has them', async () => {
  const report = await enumerateCrashes(study, { profile: 'drop-one' });
  expect(report.violations[0]?.timeline).toBeUndefined();
  expect(report.distinctStates).toBeGreaterThan(20);
});

test('what stands before the first record that is still needed is let go of, and nothing else', async () => {
  const disk = new SimulatedDisk({ seed: 1 });
  await disk.run(async () => {
    const opened = await open(disk);
    for (let number = 0; number < 4; number += 1) await opened.records.keep(recordOf(number));
    await opened.records.takeOut(async ({ baseOffset }) => baseOffset !== 2);
    expect(await numbersIn(opened)).toEqual([2, 3]);
    await opened.records.takeOut(async () => true);
    expect(await numbersIn(opened)).toEqual([]);
    await opened.records.close();
    await opened.session.close({ clean: true });
  });
});
