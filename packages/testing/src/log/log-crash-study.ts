import assert from 'node:assert/strict';
import type { PartitionLog, RecordInput } from '@seglog/core';
import type { CrashStudy } from '../crash/crash-study.js';
import type { Oracle } from '../crash/oracle.js';
import type { SimulatedDisk } from '../simulated/simulated-disk.js';
import { type LogContent, type LogFact, requireAllowedLog, textOf } from './log-facts.js';
import { everything } from './log-fixture.js';

/** A log on a simulated disk. */
export interface LogOnDisk {
  readonly log: PartitionLog;
  /** Closes the log and whatever was opened with it, so that it can be opened again on the same disk. */
  close(): Promise<void>;
}

/** Opens the log that a disk holds, or makes it on an empty one. Takes time and chance from the disk, and no other I/O. */
export type OpenLogOnDisk = (disk: SimulatedDisk) => Promise<LogOnDisk>;

export type LogCrashStep =
  /** Sizes of the values of one append. */
  | { readonly do: 'append'; readonly sizes: readonly number[] }
  | { readonly do: 'roll' | 'reopen' }
  | { readonly do: 'truncateAfter'; readonly lastKept: number }
  | { readonly do: 'deleteRecordsBefore'; readonly firstKept: number };

export interface LogCrashWorkload {
  readonly name: string;
  readonly steps: readonly LogCrashStep[];
}

/** A log of anybody's under a workload, and what must hold after any crash of it. */
export function logCrashStudy(
  open: OpenLogOnDisk,
  { name, steps }: LogCrashWorkload,
  { atomicBatch }: { readonly atomicBatch: boolean },
): CrashStudy<LogOnDisk & { readonly disk: SimulatedDisk }, LogFact> {
  return {
    name,
    steps: {
      count: steps.length,
      keeping: (kept) =>
        logCrashStudy(open, { name, steps: steps.filter((_, i) => kept.includes(i)) }, { atomicBatch }),
    },
    async workload(disk, oracle) {
      let opened = await open(disk);
      for (const [append, step] of steps.entries()) {
        if (step.do !== 'reopen') await perform(opened.log, { step, append }, oracle);
        else {
          await opened.close();
          opened = await open(disk);
        }
      }
      await opened.close();
    },
    async open(disk) {
      return { ...(await open(disk)), disk };
    },
    async check(opened, { facts }) {
      const content = await contentOf(opened.log);
      requireAllowedLog(content, facts, { atomic: atomicBatch });
      await requireGoingOn(opened, open, content);
      const { logStart, logEnd } = content.offsets;
      return `${logStart} to ${logEnd}`;
    },
  };
}

/** Notes what is asked for and what was told. */
async function perform(
  log: PartitionLog,
  { step, append }: { readonly step: Exclude<LogCrashStep, { do: 'reopen' }>; readonly append: number },
  oracle: Oracle<LogFact>,
): Promise<void> {
  if (step.do === 'append') {
    const values = step.sizes.map((size, i) => `${append}.${i};`.padEnd(size, 'abcdefg'));
    oracle.note({ kind: 'asked', append, values });
    await log.append(values.map(recordOf), { acknowledge: 'synced' });
    oracle.note({ kind: 'durable', append });
  } else if (step.do === 'truncateAfter') {
    oracle.note({ kind: 'truncating', lastKept: step.lastKept });
    await log.truncateAfter(step.lastKept);
    oracle.note({ kind: 'truncated', lastKept: step.lastKept });
  } else if (step.do === 'deleteRecordsBefore') {
    oracle.note({ kind: 'deleting', firstKept: step.firstKept });
    await log.deleteRecordsBefore(step.firstKept);
    oracle.note({ kind: 'deleted', firstKept: step.firstKept });
  } else await log.roll();
}

const recordOf = (value: string): RecordInput => ({ value: new TextEncoder().encode(value) });

async function contentOf(log: PartitionLog): Promise<LogContent> {
  return { offsets: log.offsets(), records: await everything(log, { isolation: 'uncommitted' }) };
}

/** A recovered log takes an append where it ended, and has it when it is opened again. */
async function requireGoingOn(
  opened: LogOnDisk & { readonly disk: SimulatedDisk },
  open: OpenLogOnDisk,
  before: LogContent,
): Promise<void> {
  const { baseOffset } = await opened.log.append([recordOf('after')], { acknowledge: 'synced' });
  assert.equal(baseOffset, before.offsets.logEnd, 'the log goes on where it ended');
  await opened.close();
  const again = await open(opened.disk);
  const shown = (await everything(again.log, { isolation: 'uncommitted' })).map(({ value }) => textOf(value));
  const expected = [...before.records.map(({ value }) => textOf(value)), 'after'];
  assert.deepEqual(shown, expected, 'what was appended after recovery is there when the log is opened again');
  await again.close();
}
