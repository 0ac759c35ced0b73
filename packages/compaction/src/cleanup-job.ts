import type { CleanupJobKind, LogEvent, LogObserver } from '@seglog/core';
import type { CleanupMakings } from './cleanup-options.js';
import { Pacer } from './pacer.js';

/** Time between two events of progress. */
const PROGRESS_MS = 1000;

/** A piece of work on one partition: waiting for its turn, or under way. */
export interface CleanupJob {
  readonly kind: CleanupJobKind;
  readonly topic: string;
  readonly partition: number;
  readonly state: 'waiting' | 'running';
  readonly readBytes: number;
  readonly recordsRemoved: number;
  /** Ends it at the next frame; what was swapped in stays. The call that asked for it rejects with an `AbortError`. */
  cancel(): void;
}

/** The job as the scheduler drives it. */
export class RunningJob implements CleanupJob {
  public readonly kind: CleanupJobKind;
  public readonly topic: string;
  public readonly partition: number;
  public state: 'waiting' | 'running' = 'waiting';
  public readBytes = 0;
  public recordsRemoved = 0;
  readonly #makings: CleanupMakings;
  readonly #abort = new AbortController();
  #pacer: Pacer | undefined;
  #reportedMs = 0;

  public constructor(place: Pick<CleanupJob, 'kind' | 'topic' | 'partition'>, makings: CleanupMakings) {
    this.kind = place.kind;
    this.topic = place.topic;
    this.partition = place.partition;
    this.#makings = makings;
  }

  public get signal(): AbortSignal {
    return this.#abort.signal;
  }

  public cancel(): void {
    this.#abort.abort();
  }

  /** Does the work and tells of it. Rejects as the work does. */
  public async run<T>(work: (job: RunningJob) => Promise<T>): Promise<T> {
    const { clock } = this.#makings.parts;
    this.signal.throwIfAborted();
    this.state = 'running';
    this.#pacer = new Pacer(clock, this.#makings.options, this.signal);
    this.#reportedMs = clock.monotonicMs();
    this.#tell('started');
    try {
      const result = await work(this);
      this.#tell('finished');
      return result;
    } catch (cause) {
      this.#tell(this.signal.aborted ? 'cancelled' : 'failed', cause);
      throw cause;
    }
  }

  /** So many more bytes were read. */
  public onRead(bytes: number): Promise<void> | undefined {
    this.readBytes += bytes;
    const pause = this.#pacer?.pause(bytes);
    if (pause === undefined) return undefined;
    const nowMs = this.#makings.parts.clock.monotonicMs();
    if (nowMs - this.#reportedMs >= PROGRESS_MS) {
      this.#reportedMs = nowMs;
      this.#tell('progress');
    }
    return pause;
  }

  #tell(phase: Extract<LogEvent, { type: 'cleanup' }>['phase'], cause?: unknown): void {
    const { kind: job, readBytes, recordsRemoved } = this;
    const event = {
      type: 'cleanup',
      log: `${this.topic}/${this.partition}`,
      job,
      phase,
      readBytes,
      recordsRemoved,
    } as const;
    observe(this.#makings.parts.observer, phase === 'failed' ? { ...event, cause } : event);
  }
}

/** A watcher must not break what it watches. */
function observe(observer: LogObserver | undefined, event: LogEvent): void {
  try {
    observer?.observe(event);
  } catch {
    // Swallowed by contract.
  }
}
