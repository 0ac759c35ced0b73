import { availableParallelism } from 'node:os';
import type { CrashReport } from '../crash/crash-study.js';
import type { FaultReport } from '../crash/enumerate-faults.js';
import { crewParts, finishedParts } from './crew-parts.js';
import type {
  CrewCrashOptions,
  CrewFaultOptions,
  CrewRange,
  CrewResult,
  CrewTask,
  CrewWalkOptions,
  PartReport,
} from './crew-protocol.js';
import { CrewWorker } from './crew-worker.js';
import { joinedCrashReports, joinedFaultReports } from './joined-reports.js';

export interface StudyCrewOptions {
  /** Threads. Default: as many as the machine has cores. Results do not depend on it. */
  readonly workers?: number | undefined;
}

export interface CrewCallOptions {
  /** First crash point, walk or cell: `resumeAt` of a search that was ended. Default 0. */
  readonly from?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called after each part, with how many of how many are done. */
  readonly onProgress?: ((done: number, of: number) => void) | undefined;
}

/** A task while it is being carried out. */
interface Assignment {
  readonly task: CrewTask;
  readonly call: CrewCallOptions;
  readonly parts: readonly CrewRange[];
  /** By part; parts are begun in order, and come to their end in any. */
  readonly reports: PartReport[];
  readonly maxViolations: number;
  begun: number;
}

/**
 * Worker threads that carry out studies together. `module` is a module that imports the studies and hands them to
 * `serveStudies`. Searches are cut into parts that do not depend on the number of workers, and reports are joined in the
 * order of the parts: the same study, seed and options give the same report, its times excepted, on any machine. States
 * that two parts have in common are recovered in both, so `distinctStates` is higher than in one thread.
 *
 * Calls that overlap take turns. Close the crew, or its threads keep the process alive.
 */
export class StudyCrew implements AsyncDisposable {
  readonly #workers: readonly CrewWorker[];
  #turn: Promise<unknown> = Promise.resolve();

  public constructor(module: URL, options: StudyCrewOptions = {}) {
    const { workers = availableParallelism() } = options;
    if (!Number.isSafeInteger(workers) || workers < 1) throw new RangeError('a crew has one worker at least');
    this.#workers = Array.from({ length: workers }, () => new CrewWorker(module));
  }

  /** As the function of this name, over all workers. */
  public async enumerateCrashes(
    study: string,
    options: CrewCrashOptions = {},
    call: CrewCallOptions = {},
  ): Promise<CrashReport> {
    return joinedCrashReports(study, await this.#carriedOut({ kind: 'crashes', study, options }, call));
  }

  /** As the function of this name, over all workers. */
  public async walkCrashes(
    study: string,
    options: CrewWalkOptions,
    call: CrewCallOptions = {},
  ): Promise<CrashReport> {
    return joinedCrashReports(study, await this.#carriedOut({ kind: 'walks', study, options }, call));
  }

  /** As the function of this name, over all workers. */
  public async enumerateFaults(
    study: string,
    options: CrewFaultOptions = {},
    call: CrewCallOptions = {},
  ): Promise<FaultReport> {
    return joinedFaultReports(study, await this.#carriedOut({ kind: 'faults', study, options }, call));
  }

  public async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.end()));
  }

  public [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #carriedOut(task: CrewTask, call: CrewCallOptions): Promise<CrewResult> {
    const turn = this.#turn.then(() => this.#carryOut(task, call));
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #carryOut(task: CrewTask, call: CrewCallOptions): Promise<CrewResult> {
    const startedMs = performance.now();
    const parts = crewParts(await this.#sizeOf(task), call.from ?? 0);
    const maxViolations = task.options.maxViolations ?? 3;
    const assignment: Assignment = { task, call, parts, reports: [], maxViolations, begun: 0 };
    const served = await Promise.allSettled(this.#workers.map((worker) => serve(worker, assignment)));
    for (const one of served) if (one.status === 'rejected') throw one.reason;
    const finished = finishedParts(assignment.reports, maxViolations);
    const resumeAt = parts[finished.length]?.from;
    return { reports: finished, resumeAt, elapsedMs: performance.now() - startedMs };
  }

  async #sizeOf(task: CrewTask): Promise<number> {
    const answer = await this.#workers[0]?.ask({ task, range: undefined });
    return answer?.kind === 'size' ? answer.size : 0;
  }
}

/** One worker takes the next part again and again. */
async function serve(worker: CrewWorker, assignment: Assignment): Promise<void> {
  const { task, call, parts, reports, maxViolations } = assignment;
  while (call.signal?.aborted !== true) {
    const found = finishedParts(reports, maxViolations).flatMap(({ violations }) => [...violations]);
    const part = assignment.begun;
    const range = parts[part];
    if (range === undefined || found.length >= maxViolations) return;
    assignment.begun += 1;
    const answer = await worker.ask({ task, range });
    if (answer.kind === 'report') reports[part] = answer.report;
    call.onProgress?.(Object.keys(reports).length, parts.length);
  }
}
