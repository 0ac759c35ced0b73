import { setImmediate } from 'node:timers/promises';
import { type Log, MemoryDirectory, type RecordInput, type StorageDirectory } from '@seglog/core';
import { copyDirectory, recordArbitrary } from '@seglog/testing';
import * as fc from 'fast-check';
import { type OpenWriter, openWriter } from '../../src/place/open-writer.js';

interface Where {
  readonly topic: number;
  readonly partition: number;
}

/** A step that changes one partition. */
type LogStep = Where &
  (
    | { readonly do: 'append'; readonly batches: readonly (readonly RecordInput[])[] }
    | { readonly do: 'produce'; readonly count: number }
    | { readonly do: 'roll' }
    | { readonly do: 'rewrite'; readonly keep: number }
    | { readonly do: 'delete-before'; readonly share: number }
    | { readonly do: 'truncate'; readonly share: number }
  );

/** One step in the life of a store. */
export type StoreStep =
  | LogStep
  | { readonly do: 'grow'; readonly topic: number }
  | { readonly do: 'drop'; readonly topic: number }
  | { readonly do: 'sync' }
  | { readonly do: 'reopen' }
  | { readonly do: 'kill' };

const SETTINGS = {
  maxSegmentBytes: 4096,
  indexIntervalBytes: 128,
  preallocateBytes: 4096,
  watermarkDelayMs: 0,
  deleteDelayMs: 0,
} as const;

const TOPICS = ['flights', 'Orders_2', 'a-topic.with-dots'] as const;

/** Records as people write them, and some that nobody would. */
const RECORDS: readonly RecordInput[] = fc.sample(recordArbitrary({ maxBytes: 200 }), {
  numRuns: 80,
  seed: 11,
});

export function storeLife(steps = 12): fc.Arbitrary<readonly StoreStep[]> {
  const place = { topic: fc.nat(TOPICS.length - 1), partition: fc.nat(1) };
  const batch = fc.array(fc.constantFrom(...RECORDS), { minLength: 1, maxLength: 6 });
  const batches = fc.array(batch, { minLength: 1, maxLength: 6 });
  const share = fc.nat(100);
  const keep = fc.integer({ min: 1, max: 4 });
  const weighted: readonly (readonly [number, fc.Arbitrary<StoreStep>])[] = [
    [6, fc.record({ do: fc.constant('append' as const), ...place, batches })],
    [1, fc.record({ do: fc.constant('produce' as const), ...place, count: keep })],
    [2, fc.record({ do: fc.constant('roll' as const), ...place })],
    [1, fc.record({ do: fc.constant('rewrite' as const), ...place, keep })],
    [1, fc.record({ do: fc.constant('delete-before' as const), ...place, share })],
    [1, fc.record({ do: fc.constant('truncate' as const), ...place, share })],
    [1, fc.record({ do: fc.constantFrom('grow' as const, 'drop' as const), topic: place.topic })],
    [2, fc.record({ do: fc.constantFrom('sync' as const, 'reopen' as const, 'kill' as const) })],
  ];
  const step = fc.oneof(...weighted.map(([weight, arbitrary]) => ({ weight, arbitrary })));
  return fc.array(step, { minLength: 1, maxLength: steps });
}

/** A data root in memory that is written to, closed, and killed. */
export class RandomStore {
  #medium = new MemoryDirectory();
  #open: OpenWriter | undefined;
  readonly #sequences = new Map<string, number>();

  /** What a process finds that looks at the store now, beside the writer. */
  public get directory(): StorageDirectory {
    return this.#medium;
  }

  public async live(steps: readonly StoreStep[]): Promise<void> {
    for (const step of steps) await this.#perform(step);
  }

  public async close(): Promise<void> {
    await this.#open?.close();
    this.#open = undefined;
  }

  /** Opens every partition, whatever was killed before, and closes cleanly. */
  public async settle(): Promise<void> {
    const { topics } = await this.#writer();
    await topics.openAll();
    await this.close();
  }

  async #perform(step: StoreStep): Promise<void> {
    if (step.do === 'reopen') return this.close();
    if (step.do === 'kill') return this.#kill();
    const { topics } = await this.#writer();
    if (step.do === 'sync') return topics.sync();
    const name = TOPICS[step.topic] ?? TOPICS[0];
    await topics.getOrCreateTopic(name, { partitions: 1 });
    const partitions = topics.topics().find((topic) => topic.name === name)?.partitions ?? 1;
    if (step.do === 'grow') await topics.addPartitions(name, partitions + 1);
    else if (step.do === 'drop') await this.#drop(topics, name);
    else await this.#change(await topics.log(name, Math.min(step.partition, partitions - 1)), step);
    return undefined;
  }

  /** Files go in the background: a copy is taken before or after, not in the middle. */
  async #drop(topics: OpenWriter['topics'], name: string): Promise<void> {
    await topics.deleteTopic(name);
    await setImmediate();
  }

  async #change(log: Log, step: LogStep): Promise<void> {
    const { logStart, logEnd } = log.offsets();
    const at = (share: number): number => logStart + Math.floor(((logEnd - logStart) * share) / 100);
    if (step.do === 'append') await Promise.all(step.batches.map((batch) => log.append(batch)));
    else if (step.do === 'produce') await this.#produce(log, step);
    else if (step.do === 'roll') await log.roll();
    else if (step.do === 'delete-before') await log.deleteRecordsBefore(at(step.share));
    else if (step.do === 'truncate') await log.truncateAfter(at(step.share) - 1);
    else {
      const sealed = log.maintenance.segments().filter((segment) => segment.sealed);
      if (sealed.length > 0) await log.maintenance.rewrite(sealed, ({ offset }) => offset % step.keep === 0);
    }
  }

  async #produce(log: Log, step: LogStep & { readonly do: 'produce' }): Promise<void> {
    const id = `p${step.topic}/${step.partition}/${this.#sequences.size}`;
    const records = RECORDS.slice(0, step.count);
    await log.append(records, { producer: { id, epoch: 0, sequence: 0 } });
    this.#sequences.set(id, records.length);
  }

  /** The process is gone, and with it all that it had not handed to the medium. */
  async #kill(): Promise<void> {
    const left = await copyDirectory(this.#medium);
    await this.close();
    this.#medium = left;
  }

  async #writer(): Promise<OpenWriter> {
    this.#open ??= await openWriter(this.#medium, { settings: SETTINGS });
    return this.#open;
  }
}
