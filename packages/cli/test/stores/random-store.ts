import { setImmediate } from 'node:timers/promises';
import { Cleanup } from '@seglog/compaction';
import { type Log, MemoryDirectory, type StorageDirectory, SystemClock } from '@seglog/core';
import { copyDirectory } from '@seglog/testing';
import { AheadPartition } from '@seglog/wal';
import { type OpenWriter, openWriter } from '../../src/place/open-writer.js';
import { type LogStep, RECORDS, type StoreStep, TOPICS, type Where } from './store-life.js';

const SETTINGS = {
  maxSegmentBytes: 4096,
  indexIntervalBytes: 128,
  preallocateBytes: 4096,
  watermarkDelayMs: 0,
  deleteDelayMs: 0,
} as const;

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
    if (step.do === 'ahead') return this.#startAhead();
    const { topics } = await this.#writer();
    if (step.do === 'sync') return topics.sync();
    if (step.do === 'write') return this.#write(step);
    const { name, partitions } = await this.#topic(step.topic);
    if (step.do === 'grow') await topics.addPartitions(name, partitions + 1);
    else if (step.do === 'drop') await this.#drop(topics, name);
    else if (step.do === 'compact') await this.#compact(topics, name);
    else if (step.do === 'configure')
      await topics.configureTopic(name, { cleanup: { retentionRecords: step.retentionRecords + 1 } });
    else await this.#change(await this.#log(step), step);
    return undefined;
  }

  /** The command goes on with a write-ahead log where there is one. */
  async #startAhead(): Promise<void> {
    await this.#writer();
    await this.close();
    await this.#medium.directory('wal', { create: true });
  }

  async #topic(number: number): Promise<{ readonly name: string; readonly partitions: number }> {
    const { topics } = await this.#writer();
    const name = TOPICS[number] ?? TOPICS[0];
    await topics.getOrCreateTopic(name, { partitions: 1 });
    return { name, partitions: topics.topics().find((topic) => topic.name === name)?.partitions ?? 1 };
  }

  async #log({ topic, partition }: Where): Promise<Log> {
    const { topics } = await this.#writer();
    const { name, partitions } = await this.#topic(topic);
    return topics.log(name, Math.min(partition, partitions - 1));
  }

  async #write({ places, records }: StoreStep & { readonly do: 'write' }): Promise<void> {
    const { ahead } = await this.#writer();
    const logs = new Set<Log>();
    for (const place of places) logs.add(await this.#log(place));
    const partitions = [...logs].map((log) => log.ahead).filter((part) => part instanceof AheadPartition);
    if (ahead === undefined) for (const log of logs) await log.append(records);
    else await ahead.write(partitions.map((partition) => ({ partition, records, options: {} })));
  }

  async #compact(topics: OpenWriter['topics'], name: string): Promise<void> {
    const cleanup = new Cleanup(topics, { clock: new SystemClock() });
    await cleanup.compact(name);
    await cleanup.close();
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
