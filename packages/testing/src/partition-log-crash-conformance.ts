import assert from 'node:assert/strict';
import { enumerateCrashes } from './crash/enumerate-crashes.js';
import { type LogCrashWorkload, logCrashStudy, type OpenLogOnDisk } from './log/log-crash-study.js';
import type { PartitionLogSupports } from './log/log-fixture.js';
import type { SuiteRunner } from './suite-runner.js';

const ONE_APPEND: LogCrashWorkload = { name: 'one append', steps: [{ do: 'append', sizes: [20] }] };

const WORKLOADS: readonly LogCrashWorkload[] = [
  {
    name: 'appends of every size',
    steps: [
      { do: 'append', sizes: [20] },
      { do: 'append', sizes: [5, 700] },
      { do: 'append', sizes: [0] },
    ],
  },
  {
    name: 'a roll',
    steps: [{ do: 'append', sizes: [20, 20] }, { do: 'roll' }, { do: 'append', sizes: [30] }],
  },
  {
    name: 'a clean close',
    steps: [{ do: 'append', sizes: [20] }, { do: 'reopen' }, { do: 'append', sizes: [20] }],
  },
  {
    name: 'a truncation',
    steps: [
      { do: 'append', sizes: [20, 20] },
      { do: 'truncateAfter', lastKept: 0 },
      { do: 'append', sizes: [40] },
    ],
  },
  {
    name: 'a deletion',
    steps: [
      { do: 'append', sizes: [20] },
      { do: 'roll' },
      { do: 'append', sizes: [20] },
      { do: 'deleteRecordsBefore', firstKept: 1 },
    ],
  },
];

/**
 * The exam of a {@link PartitionLog} that keeps its records on a `StorageDirectory`: the power is cut at every call that
 * changes the disk, everything that may be left of it is opened, and what was acknowledged as synced must be there. Takes
 * seconds for each case; give your runner the time. `open` is called for every state, and must take time and chance from
 * the disk.
 */
export function partitionLogCrashConformance(
  runner: SuiteRunner,
  name: string,
  open: OpenLogOnDisk,
  { supports }: { readonly supports: Pick<PartitionLogSupports, 'atomicBatch'> },
): void {
  runner.describe(`PartitionLog under power cuts: ${name}`, () => {
    for (const workload of WORKLOADS) {
      runner.test(`${workload.name} survives every crash`, () => survives(workload, 1));
    }
    runner.test('one append survives every crash of its recovery, too', () => survives(ONE_APPEND, 2));
  });

  async function survives(workload: LogCrashWorkload, depth: number): Promise<void> {
    const report = await enumerateCrashes(logCrashStudy(open, workload, supports), {
      depth,
      maxViolations: 1,
    });
    const [violation] = report.violations;
    assert.equal(violation, undefined, violation?.timeline);
    assert.ok(report.distinctStates > 1, 'the workload changes the disk');
  }
}
