import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { PlantedBug } from './mutation.js';

const WORKER = fileURLToPath(new URL('../../run/planted-worker.mjs', import.meta.url));

export interface PlantedResult {
  readonly name: string;
  /** The case that failed; undefined when none did. */
  readonly caughtBy?: string;
  readonly message?: string;
  /** Why there was no bug to catch: the sources have changed. */
  readonly invalid?: string;
}

export interface PoolOptions {
  /** A module, in TypeScript, whose `catchBug` runs the cases. */
  readonly cases: URL;
  readonly processes: number;
  /** An engine that does not come back by then hangs, which no sound one does. */
  readonly timeoutMs: number;
  /** Cases beside the one that is known to notice a bug; none: only that one is tried. */
  readonly fallback: readonly string[];
  readonly onResult?: (result: PlantedResult, elapsedMs: number) => void;
}

/** Runs the catching cases against each engine, a few at a time, in processes of their own. */
export async function catchAll(
  bugs: readonly PlantedBug[],
  options: PoolOptions,
): Promise<readonly PlantedResult[]> {
  const waiting = [...bugs];
  const results: PlantedResult[] = [];
  const serve = async (): Promise<void> => {
    const worker = new Worker();
    try {
      for (let bug = waiting.shift(); bug !== undefined; bug = waiting.shift()) {
        const started = performance.now();
        const result = await worker.judge(bug, options);
        results.push(result);
        options.onResult?.(result, performance.now() - started);
      }
    } finally {
      worker.end();
    }
  };
  await Promise.all(Array.from({ length: Math.min(options.processes, bugs.length) }, serve));
  const order = new Map(bugs.map(({ name }, i) => [name, i]));
  return results.toSorted((a, b) => (order.get(a.name) ?? 0) - (order.get(b.name) ?? 0));
}

/** One process that is started when it is needed, and again when it had to be ended. */
class Worker {
  #process: ChildProcess | undefined;

  public async judge(
    bug: PlantedBug,
    { timeoutMs, fallback, cases: module }: Pick<PoolOptions, 'timeoutMs' | 'fallback' | 'cases'>,
  ): Promise<PlantedResult> {
    const child = await this.#started(timeoutMs);
    const cases = [bug.by, ...fallback.filter((name) => name !== bug.by)];
    const { name, mutation, seam } = bug;
    child.send({ name, mutation, seam, cases, module: fileURLToPath(module) });
    const answer = await answerOf(child, timeoutMs);
    if (typeof answer !== 'string') return answer;
    this.end();
    const message = answer === 'late' ? 'it hangs' : 'it takes its process along';
    return { name, caughtBy: 'time', message };
  }

  public end(): void {
    this.#process?.kill('SIGKILL');
    this.#process = undefined;
  }

  async #started(timeoutMs: number): Promise<ChildProcess> {
    if (this.#process !== undefined) return this.#process;
    const child = fork(WORKER, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    this.#process = child;
    const word = await answerOf(child, timeoutMs);
    if (word === 'late' || word === 'gone') throw new Error('a process for planted bugs does not start');
    return child;
  }
}

/** What a process says next; `late` when it says nothing in time, `gone` when it ended. */
async function answerOf(child: ChildProcess, timeoutMs: number): Promise<PlantedResult | 'late' | 'gone'> {
  const over = new AbortController();
  const options = { signal: over.signal };
  const answers = [
    once(child, 'message', options).then(([result]: readonly unknown[]) => result as PlantedResult),
    once(child, 'exit', options).then(() => 'gone' as const),
    setTimeout(timeoutMs, 'late' as const, options),
  ];
  try {
    return await Promise.race(answers);
  } finally {
    over.abort();
    await Promise.allSettled(answers);
  }
}
