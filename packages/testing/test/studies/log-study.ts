import assert from 'node:assert/strict';
import type { Log, LogObserver } from '@seglog/core';
import { type CrashContext, type CrashStudy, readImage, type SimulatedDisk } from '../../src/index.js';
import { type LogContent, type LogFact, requireAllowedLog, textOf } from '../../src/log/log-facts.js';
import {
  contentOfLog,
  LogRun,
  type LogSetup,
  type LogStep,
  type OpenedLog,
  openLogOn,
  stampOf,
} from './log-run.js';

export interface LogStudy extends LogSetup {
  readonly name: string;
  readonly steps: readonly LogStep[];
  /** So many states that the short search takes a lighter profile. */
  readonly large?: boolean;
}

/** A log under a workload: whatever crash comes, it opens, holds what it promised, and goes on. */
export function logStudy(study: LogStudy): CrashStudy<OpenedLog, LogFact> {
  const atomic = study.parts?.codec?.guarantees.atomicBatch ?? true;
  return {
    name: study.name,
    steps: {
      count: study.steps.length,
      keeping: (kept) => logStudy({ ...study, steps: study.steps.filter((_, i) => kept.includes(i)) }),
    },
    plan: (disk) => planOn(disk, study),
    async workload(disk, oracle) {
      const run = new LogRun(disk, oracle, study);
      for (const step of study.steps) await run.perform(step);
      await run.close();
    },
    open: (disk) => openLogOn(disk, study),
    async check(opened, context) {
      requireAllowedLog(opened.content, context.facts, { atomic });
      const shown = fingerprint(opened.content);
      // What follows costs more than the recovery itself: a third of the states will do.
      if (context.state % 3 !== 0) return shown;
      if (study.producer !== undefined) await requireExactlyOnce(opened, study, context.facts);
      await goOn({ ...opened, content: await contentOfLog(opened.log) }, study, context);
      return shown;
    },
    describe: (fact) => JSON.stringify(fact),
  };
}

/** What the log finds, and what it reports of having opened, or why it does not open. */
async function planOn(disk: SimulatedDisk, study: LogStudy): Promise<string> {
  const lines = [...(await readImage(disk.root))].map(([path, bytes]) => `${path}, ${bytes.length} B`);
  const observer: LogObserver = {
    observe: (event) => {
      if (event.type === 'opened') lines.push(`opened: ${JSON.stringify(event.report)}`);
      if (event.type === 'corruption')
        lines.push(`corrupt: ${event.file} at ${event.position}, offset ${event.offset}`);
    },
  };
  try {
    await openLogOn(disk, { ...study, parts: { ...study.parts, observer } });
  } catch (error) {
    lines.push(String(error));
  }
  return lines.join('\n');
}

function fingerprint({ offsets, records }: LogContent): string {
  const { logStart, highWatermark, logEnd } = offsets;
  return `${logStart} ${highWatermark} ${logEnd} ${records.map(({ value }) => textOf(value).split(';')[0]).join(' ')}`;
}

/** A recovered log excludes others, can be read in any way, takes appends, and is found again. */
async function goOn(opened: OpenedLog, setup: LogSetup, context: CrashContext<LogFact>): Promise<void> {
  const { disk, log, session, content } = opened;
  await assert.rejects(openLogOn(disk, setup), { code: 'LOG_LOCKED' }, 'a second writer is refused');
  assert.deepEqual(await readInPieces(log), content.records, 'reads of any size give the same log');
  const { baseOffset } = await log.append([{ value: Buffer.from('after') }], { acknowledge: 'synced' });
  assert.equal(baseOffset, content.offsets.logEnd, 'the log goes on where it ended');
  const expected = (await contentOfLog(log)).records;
  assert.equal(expected.length, content.records.length + 1, 'an append adds its record');
  if (context.state % 2 !== 0) return;
  await log.close();
  await session.close({ clean: true });
  await disk.root.close();
  const again = await openLogOn(disk, setup);
  assert.deepEqual(again.content.records, expected, 'a clean close loses nothing');
}

/** A producer that sends everything once more after the crash finds each append in the log once (I13). */
async function requireExactlyOnce(
  { log, content }: OpenedLog,
  setup: LogSetup,
  facts: readonly LogFact[],
): Promise<void> {
  let sequence = 0;
  for (const fact of facts) {
    if (fact.kind !== 'asked') continue;
    const at = content.records.findIndex(({ value }) => textOf(value) === fact.values[0]);
    const records = fact.values.map((value) => ({ value: Buffer.from(value) }));
    const { duplicate, baseOffset } = await log.append(records, { producer: stampOf(setup, sequence) });
    assert.equal(duplicate, at !== -1, `append ${fact.append} is a duplicate only if it is there`);
    if (at !== -1) assert.equal(baseOffset, content.records[at]?.offset, 'a duplicate has its offset');
    sequence += fact.values.length;
  }
  const values = (await contentOfLog(log)).records.map(({ value }) => textOf(value));
  assert.equal(new Set(values).size, values.length, 'no record is there twice');
}

async function readInPieces(log: Log): Promise<unknown[]> {
  const records: unknown[] = [];
  const { logStart, logEnd } = log.offsets();
  for (let from = logStart; from < logEnd; ) {
    const part = await log.read(from, { maxRecords: 2, isolation: 'uncommitted' });
    records.push(...part.records);
    assert.ok(part.nextOffset > from, 'a read gets on');
    from = part.nextOffset;
  }
  return records;
}
