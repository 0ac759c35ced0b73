import type { Engine, PartitionLog, Topic } from 'seglog';

/** Where the worker stands: the job to do next, and how often it was begun. */
interface Cursor {
  readonly next: number;
  readonly attempts: number;
}

export interface DeadLetter<Job> {
  readonly job: Job;
  readonly reason: string;
}

export interface Delivery<Job> {
  readonly job: Job;
  /** Names the job for ever. A job may be delivered more than once: its effects belong under this number. */
  readonly offset: number;
  /** 1 for the first time. */
  readonly attempt: number;
}

export type Work<Job> = (delivery: Delivery<Job>) => Promise<void>;

const MAX_ATTEMPTS = 3;
/** Old cursors that may pile up before they are deleted. */
const MAX_CURSORS = 1000;
const ALONE = { partitions: 1 };

/**
 * Jobs in one topic, done in their order; the cursor is the last record of a second one; what cannot be done goes to a
 * third. A job is noted as begun before it is begun, and passed only when it is done or given up: a crash at any point
 * delivers it once more, and a job that kills its worker is given up like one that fails.
 */
export class JobQueue<Job> {
  readonly #jobs: Topic<string, Job>;
  readonly #cursors: Topic<string, Cursor>;
  readonly #dead: Topic<string, DeadLetter<Job>>;
  readonly #cursorLog: PartitionLog;
  #cursor: Cursor;

  private constructor(
    topics: {
      readonly jobs: Topic<string, Job>;
      readonly cursors: Topic<string, Cursor>;
      readonly dead: Topic<string, DeadLetter<Job>>;
    },
    cursorLog: PartitionLog,
    cursor: Cursor,
  ) {
    this.#jobs = topics.jobs;
    this.#cursors = topics.cursors;
    this.#dead = topics.dead;
    this.#cursorLog = cursorLog;
    this.#cursor = cursor;
  }

  /** The queue of that name, where its worker left it. One worker at a time. */
  public static async open<Job>(engine: Engine, name: string): Promise<JobQueue<Job>> {
    const jobs = await engine.getOrCreateTopic<Job>(name, ALONE);
    const cursors = await engine.getOrCreateTopic<Cursor>(`${name}.cursor`, ALONE);
    const dead = await engine.getOrCreateTopic<DeadLetter<Job>>(`${name}.dead`, ALONE);
    const cursorLog = await cursors.partition(0);
    const { logStart, logEnd } = cursorLog.offsets();
    const last = logEnd > logStart ? (await cursors.read(0, logEnd - 1)).records[0]?.value : undefined;
    return new JobQueue({ jobs, cursors, dead }, cursorLog, last ?? { next: 0, attempts: 0 });
  }

  /** Resolves when the jobs cannot be lost any more. */
  public async enqueue(jobs: readonly Job[]): Promise<void> {
    await this.#jobs.append(jobs.map((value) => ({ value })));
  }

  /** Does jobs until there are none left. */
  public async drain(work: Work<Job>): Promise<void> {
    for (;;) {
      const { next, attempts } = this.#cursor;
      const { records } = await this.#jobs.read(0, next, { maxRecords: 1 });
      const [record] = records;
      if (record === undefined || record.value === null) return;
      if (attempts >= MAX_ATTEMPTS) await this.#giveUp(record.value, 'its worker died');
      else await this.#attempt({ job: record.value, offset: next, attempt: attempts + 1 }, work);
    }
  }

  /** What was given up, oldest first. */
  public async deadLetters(): Promise<readonly DeadLetter<Job>[]> {
    const { records } = await this.#dead.read(0, 0);
    return records.flatMap(({ value }) => (value === null ? [] : [value]));
  }

  async #attempt(delivery: Delivery<Job>, work: Work<Job>): Promise<void> {
    await this.#moveTo({ next: delivery.offset, attempts: delivery.attempt });
    try {
      await work(delivery);
    } catch (error) {
      if (delivery.attempt >= MAX_ATTEMPTS) await this.#giveUp(delivery.job, String(error));
      return;
    }
    await this.#moveTo({ next: delivery.offset + 1, attempts: 0 });
  }

  async #giveUp(job: Job, reason: string): Promise<void> {
    await this.#dead.append({ value: { job, reason } });
    await this.#moveTo({ next: this.#cursor.next + 1, attempts: 0 });
  }

  async #moveTo(cursor: Cursor): Promise<void> {
    const { offset } = await this.#cursors.append({ value: cursor });
    this.#cursor = cursor;
    if (offset - this.#cursorLog.offsets().logStart > MAX_CURSORS) {
      await this.#cursorLog.deleteRecordsBefore(offset);
    }
  }
}
