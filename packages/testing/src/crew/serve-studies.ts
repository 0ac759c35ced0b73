import { parentPort } from 'node:worker_threads';
import type { CrashStudy } from '../crash/crash-study.js';
import { enumerateCrashes } from '../crash/enumerate-crashes.js';
import { enumerateFaults } from '../crash/enumerate-faults.js';
import { faultCells } from '../crash/fault-cells.js';
import { walkCrashes } from '../crash/walk-crashes.js';
import { recordWorkload } from '../crash/workload-recording.js';
import {
  type CrewAnswer,
  type CrewJob,
  type CrewRange,
  type CrewTask,
  type PartReport,
  sendable,
} from './crew-protocol.js';

/**
 * Makes this thread a worker of a `StudyCrew`: the whole of a worker's module is its imports and this call. Studies are
 * known by their names, which must differ. Throws a `RangeError` when two are alike, and when this is no worker thread.
 */
export function serveStudies<Engine, Fact>(studies: readonly CrashStudy<Engine, Fact>[]): void {
  const port = parentPort;
  if (port === null) throw new RangeError('studies are served in a worker thread only');
  const named = new Map(studies.map((study) => [study.name, study]));
  if (named.size < studies.length) throw new RangeError('two studies have one name');
  port.on('message', (job: CrewJob) => {
    answer(named, job).then(
      (told) => port.postMessage(told),
      (error: unknown) => port.postMessage(failureOf(error)),
    );
  });
  port.postMessage({ kind: 'ready' } satisfies CrewAnswer);
}

async function answer<Engine, Fact>(
  studies: ReadonlyMap<string, CrashStudy<Engine, Fact>>,
  { task, range }: CrewJob,
): Promise<CrewAnswer> {
  const study = studies.get(task.study);
  if (study === undefined) {
    const known = [...studies.keys()].map((name) => JSON.stringify(name)).join(', ');
    throw new RangeError(`the worker has no study ${JSON.stringify(task.study)}; it has ${known}`);
  }
  if (range === undefined) return { kind: 'size', size: await sizeOf(study, task) };
  return { kind: 'report', report: await partOf(study, task, range) };
}

async function sizeOf<Engine, Fact>(study: CrashStudy<Engine, Fact>, task: CrewTask): Promise<number> {
  if (task.kind === 'walks') return task.options.walks;
  const { points, calls } = await recordWorkload(study, task.kind === 'crashes' ? task.options : {});
  return task.kind === 'crashes' ? points.length : calls.flatMap(faultCells).length;
}

async function partOf<Engine, Fact>(
  study: CrashStudy<Engine, Fact>,
  task: CrewTask,
  { from, to }: CrewRange,
): Promise<PartReport> {
  if (task.kind === 'crashes') return sendable(await enumerateCrashes(study, { ...task.options, from, to }));
  if (task.kind === 'faults') return enumerateFaults(study, { ...task.options, from, to });
  return sendable(await walkCrashes(study, { ...task.options, from, walks: to - from }));
}

function failureOf(error: unknown): CrewAnswer {
  if (!(error instanceof Error)) return { kind: 'failed', name: 'Error', message: String(error) };
  return { kind: 'failed', name: error.name, message: error.message };
}
