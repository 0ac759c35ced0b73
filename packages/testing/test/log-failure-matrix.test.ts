import { MemoryDirectory, type RecordInput, SeglogError } from '@seglog/core';
import { expect, test } from 'vitest';
import { type CallFault, type FaultyCall, FaultyDirectory, LogWorkbench } from '../src/index.js';

const SETTINGS = { maxSegmentBytes: 4096, watermarkDelayMs: 0, deleteDelayMs: 0, indexIntervalBytes: 256 };
const CALLS: readonly FaultyCall[] = [
  'create',
  'open',
  'openReader',
  'rename',
  'remove',
  'syncDirectory',
  'read',
  'write',
  'preallocate',
  'truncate',
  'sync',
  'close',
  'list',
  'sizeOf',
];

const value = (text: string): RecordInput => ({ value: new TextEncoder().encode(text.padEnd(300, '.')) });

/** What a workload was promised. */
class Promises {
  readonly kept = new Map<string, number>();
  readonly refused = new Set<string>();
  public lastKept = Number.POSITIVE_INFINITY;
  public logStart = 0;
  public readonly strange: unknown[] = [];

  /** Runs a step that may fail; errors that no caller could expect are kept. */
  public async attempt(step: () => Promise<unknown>): Promise<boolean> {
    try {
      await step();
      return true;
    } catch (error) {
      if (!SeglogError.is(error)) this.strange.push(error);
      return false;
    }
  }
}

async function work({ log }: LogWorkbench, promises: Promises): Promise<void> {
  const append = async (text: string): Promise<void> => {
    try {
      promises.kept.set(text, (await log.append([value(text)])).baseOffset);
    } catch (error) {
      if (SeglogError.is(error, 'STORAGE_FULL')) promises.refused.add(text);
      else if (!SeglogError.is(error)) promises.strange.push(error);
    }
  };
  await Promise.all(['a', 'b', 'c'].map(append));
  await promises.attempt(() => log.roll());
  await Promise.all(Array.from({ length: 15 }, (_, i) => append(`d${i}`)));
  await promises.attempt(() => log.read(2));
  if (await promises.attempt(() => log.deleteRecordsBefore(2))) promises.logStart = 2;
  for (const [text, offset] of promises.kept) if (offset > 8) promises.kept.delete(text);
  await promises.attempt(() => log.truncateAfter(8));
  await Promise.all(['e', 'f'].map(append));
  await promises.attempt(() => log.sync());
}

async function run(fault: CallFault): Promise<number> {
  const root = new FaultyDirectory(new MemoryDirectory());
  const promises = new Promises();
  await promises.attempt(async () => {
    const bench = await LogWorkbench.open(root, { settings: SETTINGS });
    root.faults.inject(fault);
    await work(bench, promises);
    await promises.attempt(() => bench.close());
  });
  root.faults.heal();
  const words = JSON.stringify(fault);
  expect(promises.strange.map(String), words).toEqual([]);
  expect([...root.openHandles].length, `left open by ${words}`).toBe(0);
  const again = await LogWorkbench.open(root, { settings: SETTINGS });
  const found = new Map<number, string>();
  await again.log.scan(again.log.offsets().logStart, ({ offset, value: bytes }) => {
    found.set(offset, new TextDecoder().decode(bytes ?? undefined).replaceAll('.', ''));
  });
  for (const [text, offset] of promises.kept) {
    if (offset >= again.log.offsets().logStart) expect(found.get(offset), `${text}, ${words}`).toBe(text);
  }
  expect(again.log.offsets().logStart).toBeGreaterThanOrEqual(promises.logStart);
  for (const text of promises.refused) expect([...found.values()], words).not.toContain(text);
  await again.close();
  return root.faults.failed;
}

for (const call of CALLS) {
  test(`a ${call} that fails, whichever it is, loses and invents nothing and leaves nothing open`, async () => {
    for (const code of ['STORAGE', 'STORAGE_FULL'] as const) {
      for (const times of [1, Number.POSITIVE_INFINITY]) {
        for (let nth = 1; nth < 60; nth++) {
          const failed = await run({ call, code, times, nth, partialBytes: nth % 2 === 0 ? 0 : 40 });
          if (failed === 0) break;
        }
      }
    }
  });
}
