import { crc32 } from 'node:zlib';
import {
  type Checksum,
  readSession,
  restoreSession,
  SeglogError,
  type SessionParts,
  WriterSession,
} from '@seglog/core';
import { expect } from 'vitest';
import { type CrashStudy, damage, type SimulatedDisk } from '../../src/index.js';

const checksum: Checksum = {
  id: 2,
  name: 'crc32',
  of: (source, start, end, seed) => (start === end ? seed : crc32(source.subarray(start, end), seed)),
};

/** An epoch that was handed out, and whether its session may have, or has, closed cleanly. */
interface Fact {
  readonly epoch: number;
  readonly closing: 'no' | 'asked' | 'told';
}

const partsOn = (disk: SimulatedDisk): SessionParts => ({ clock: disk.clock, random: disk.random, checksum });

export const SESSION_STUDY: CrashStudy<{ disk: SimulatedDisk; session: WriterSession }, Fact> = {
  name: 'session',
  async workload(disk, oracle) {
    for (const clean of [true, false, true]) {
      const session = await opened(disk);
      oracle.note({ epoch: session.epoch, closing: 'no' });
      oracle.note({ epoch: await session.raiseEpoch(), closing: 'no' });
      if (clean) oracle.note({ epoch: session.epoch, closing: 'asked' });
      await session.close({ clean });
      if (clean) oracle.note({ epoch: session.epoch, closing: 'told' });
    }
  },
  async open(disk) {
    return { disk, session: await WriterSession.open(disk.root, partsOn(disk)) };
  },
  async check({ disk, session }, { facts }) {
    const last = facts.at(-1) ?? { epoch: 0, closing: 'told' };
    expect(session.epoch).toBeGreaterThan(last.epoch);
    if (last.closing === 'no') expect(session.previousClean).toBe(false);
    const { rootId, epoch } = session;
    await session.close({ clean: true });
    const next = await WriterSession.open(disk.root, partsOn(disk));
    expect(next).toMatchObject({ rootId, previousClean: true });
    expect(next.epoch).toBeGreaterThan(epoch);
    return undefined;
  },
};

/** The next process tries again when opening failed. */
async function opened(disk: SimulatedDisk): Promise<WriterSession> {
  return WriterSession.open(disk.root, partsOn(disk)).catch(() =>
    WriterSession.open(disk.root, partsOn(disk)),
  );
}

/** Far above what the session before it gave. */
const RESTORED = 1000;

/** A session is lost, and made anew. */
export const RESTORED_SESSION_STUDY: CrashStudy<{ disk: SimulatedDisk }, 'lost' | 'restored'> = {
  name: 'restored session',
  async workload(disk, oracle) {
    const session = await opened(disk);
    await disk.root.directory('topics', { create: true });
    await disk.root.sync();
    await session.close({ clean: true });
    await damage(disk.root, { kind: 'zero', name: 'SESSION', position: 0, bytes: 8192 });
    oracle.note('lost');
    await restoreSession(disk.root, RESTORED, partsOn(disk));
    oracle.note('restored');
  },
  async open(disk) {
    return { disk };
  },
  async check({ disk }, { facts }) {
    const found = await readSession(disk.root, checksum).catch((error: unknown) => {
      if (SeglogError.is(error, 'CORRUPT_METADATA')) return 'lost' as const;
      throw error;
    });
    if (facts.includes('restored')) expect(found).toMatchObject({ epoch: RESTORED, clean: false });
    if (!facts.includes('lost') || found === undefined) return undefined;
    if (found === 'lost') await restoreSession(disk.root, RESTORED, partsOn(disk));
    const session = await opened(disk);
    expect(session.previousClean).toBe(false);
    expect(session.epoch).toBeGreaterThan(RESTORED);
    await session.close({ clean: true });
    return undefined;
  },
};
