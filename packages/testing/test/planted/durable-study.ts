import assert from 'node:assert/strict';
import { syncNever } from '@seglog/core';
import type { CrashStudy } from '../../src/index.js';
import { type LogSetup, type OpenedLog, openLogOn } from '../studies/log-run.js';

const APPENDS = 6;

/**
 * Appends go on while syncs are in flight. What a sync, a mark or a durable reader says to be safe is there after every
 * crash. A fact is a number of records that were said to be safe.
 */
export function durableStudy(setup: LogSetup): CrashStudy<OpenedLog, number> {
  const makings: LogSetup = { ...setup, parts: { syncPolicy: syncNever(), ...setup.parts } };
  return {
    name: 'durable',
    async workload(disk, oracle) {
      const { log } = await openLogOn(disk, makings);
      const syncs: Promise<void>[] = [];
      for (let i = 0; i < APPENDS; i += 1) {
        await log.append([{ value: Buffer.from(`${i}`) }], { acknowledge: 'written' });
        const { logEnd } = log.offsets();
        syncs.push(log.sync().then(() => oracle.note(logEnd)));
        const { nextOffset } = await log.read(0, { isolation: 'durable' });
        oracle.note(nextOffset);
      }
      await Promise.all(syncs);
    },
    open: (disk) => openLogOn(disk, makings),
    async check({ content }, { facts }) {
      const safe = Math.max(0, ...facts);
      assert.ok(
        content.records.length >= safe,
        `${content.records.length} of ${safe} safe records are there`,
      );
      return undefined;
    },
  };
}
