import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { NondeterminismError } from '../crash/workload-recording.js';
import type { CrewAnswer, CrewJob } from './crew-protocol.js';

/** Each state leaves half a mebibyte of short-lived objects behind: room for many of them saves collections. */
const YOUNG_MIB = 96;

/** One worker of a crew; one question at a time. If its thread dies, whoever asked is told, and the next one gets another thread. */
export class CrewWorker {
  readonly #module: URL;
  #thread: CrewThread;
  #ended = false;

  public constructor(module: URL) {
    this.#module = module;
    this.#thread = new CrewThread(module);
  }

  public async ask(job: CrewJob): Promise<CrewAnswer> {
    if (this.#ended) throw new Error('the crew was closed');
    if (this.#thread.dead) this.#thread = new CrewThread(this.#module);
    const told = await this.#thread.ask(job);
    if (told.kind !== 'failed') return told;
    const { name, message } = told;
    if (name === 'NondeterminismError') throw new NondeterminismError(message);
    throw name === 'RangeError' ? new RangeError(message) : new Error(`${name}: ${message}`);
  }

  public end(): Promise<void> {
    this.#ended = true;
    return this.#thread.end();
  }
}

class CrewThread {
  readonly #thread: Worker;
  readonly #ready: Promise<CrewAnswer>;
  #dead = false;

  public constructor(module: URL) {
    this.#thread = new Worker(module, { resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MIB } });
    const die = (): void => {
      this.#dead = true;
    };
    this.#thread.once('error', die).once('exit', die);
    this.#ready = this.#next();
    // A thread that cannot start says so to whoever asks it first.
    this.#ready.catch(() => undefined);
  }

  public get dead(): boolean {
    return this.#dead;
  }

  public async ask(job: CrewJob): Promise<CrewAnswer> {
    await this.#ready;
    if (this.#dead) throw new Error('a worker ended before it was asked');
    const answer = this.#next();
    this.#thread.postMessage(job, []);
    return answer;
  }

  public async end(): Promise<void> {
    await this.#thread.terminate();
  }

  /** Rejects when the thread dies before it says anything. */
  async #next(): Promise<CrewAnswer> {
    const over = new AbortController();
    const options = { signal: over.signal };
    const died = once(this.#thread, 'exit', options).then(([code]: readonly unknown[]) => {
      throw new Error(`a worker ended with exit code ${String(code)} and no answer`);
    });
    const said = once(this.#thread, 'message', options).then(([answer]: readonly unknown[]) => answer);
    try {
      return (await Promise.race([said, died])) as CrewAnswer;
    } finally {
      over.abort();
      await Promise.allSettled([said, died]);
    }
  }
}
