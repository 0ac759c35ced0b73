import assert from 'node:assert/strict';
import { crc32c, WriterSession } from '@seglog/core';
import type { CrashStudy, SimulatedDisk } from '../../src/index.js';

const open = (disk: SimulatedDisk): Promise<WriterSession> =>
  WriterSession.open(disk.root, { clock: disk.clock, random: disk.random, checksum: crc32c() });

/** Epochs that are handed out go up, whatever crash comes between. */
export const sessionStudy: CrashStudy<WriterSession, number> = {
  name: 'session',
  async workload(disk, oracle) {
    for (const clean of [true, false]) {
      const session = await open(disk);
      oracle.note(session.epoch);
      oracle.note(await session.raiseEpoch());
      await session.close({ clean });
    }
  },
  open,
  async check(session, { facts }) {
    assert.ok(session.epoch > (facts.at(-1) ?? 0), `epoch ${session.epoch} follows ${facts.at(-1)}`);
    return undefined;
  },
};
