import { crc32 } from 'node:zlib';
import { type Checksum, type SessionParts, WriterSession } from '@seglog/core';
import { expect } from 'vitest';
import type { CrashStudy, SimulatedDisk } from '../../src/index.js';

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
