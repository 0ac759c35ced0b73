import { appendCases } from './log/log-append-cases.js';
import { changeCases } from './log/log-change-cases.js';
import { closeCases } from './log/log-close-cases.js';
import { concurrencyCases } from './log/log-concurrency-cases.js';
import { type CreatePartitionLog, logCheck, type PartitionLogSupports } from './log/log-fixture.js';
import { producerCases } from './log/log-producer-cases.js';
import { queueCases } from './log/log-queue-cases.js';
import { readCases } from './log/log-read-cases.js';
import { scanCases } from './log/log-scan-cases.js';
import { tailCases } from './log/log-tail-cases.js';
import type { SuiteRunner } from './suite-runner.js';

/**
 * The exam of every {@link PartitionLog}: what callers may rely on, whatever stands behind it. `create` gives each case a
 * log of its own; `supports` says what it claims, and what it does not claim it must refuse.
 */
export function partitionLogConformance(
  runner: SuiteRunner,
  name: string,
  create: CreatePartitionLog,
  { supports }: { readonly supports: PartitionLogSupports },
): void {
  const check = logCheck(runner, create);
  runner.describe(`PartitionLog: ${name}`, () => {
    appendCases(check, supports);
    queueCases(check);
    producerCases(check, supports);
    readCases(check);
    scanCases(check);
    tailCases(check);
    changeCases(check, supports);
    closeCases(check);
    concurrencyCases(check);
  });
}
