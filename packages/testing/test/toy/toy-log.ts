import type { StorageDirectory, WritableFile } from '@seglog/core';
import { readFile, type SimulatedDisk } from '../../src/index.js';
import { decodeFrames, encodeFrame, type Frame } from './toy-frames.js';

/** One mistake each, of the kind that real engines made. */
export const TOY_BUGS = [
  'no directory sync',
  'no parent sync',
  'ack before sync',
  'sync retried',
  'poison ignored',
  'tail kept',
  'truncation not synced',
  'temporary not synced',
  'swap order',
  'removed too early',
  'short write ignored',
  'length unchecked',
  'no checksum',
  'zero frame accepted',
  'index trusted',
  'recovered data not synced',
  'lock skipped',
] as const;
export type ToyBug = (typeof TOY_BUGS)[number];

/**
 * The smallest log that can get everything wrong: one data file of frames, named by a file `GEN` that is replaced when
 * the log is rewritten. Not for use: it exists so that the crash kit can prove that it finds mistakes.
 */
export class ToyLog {
  readonly #store: StorageDirectory;
  readonly #bugs: ReadonlySet<ToyBug>;
  #file: WritableFile;
  #generation: number;
  #frames: Frame[] = [];
  #end = 0;
  #poisoned = false;

  private constructor(
    store: StorageDirectory,
    file: WritableFile,
    generation: number,
    bugs: ReadonlySet<ToyBug>,
  ) {
    this.#store = store;
    this.#file = file;
    this.#generation = generation;
    this.#bugs = bugs;
  }

  public static async open(disk: SimulatedDisk, bugs: ReadonlySet<ToyBug>): Promise<ToyLog> {
    const root = disk.root;
    if (!bugs.has('lock skipped')) await root.lock('LOCK');
    const store = await root.directory('store', { create: true });
    if (!bugs.has('no parent sync')) await root.sync();
    // A killed process may have left names that only the cache knows.
    if (!bugs.has('no directory sync')) await store.sync();
    const generation = await currentGeneration(store);
    if (generation === undefined) return ToyLog.#create(store, bugs);
    const log = new ToyLog(store, await store.open(`data-${generation}`), generation, bugs);
    await log.#recover();
    return log;
  }

  static async #create(store: StorageDirectory, bugs: ReadonlySet<ToyBug>): Promise<ToyLog> {
    await store.remove('data-0');
    const log = new ToyLog(store, await store.create('data-0'), 0, bugs);
    await log.#file.sync();
    if (!bugs.has('no directory sync')) await store.sync();
    await log.#publish(0);
    return log;
  }

  public get records(): readonly Frame[] {
    return this.#frames;
  }

  public get nextOffset(): number {
    return (this.#frames.at(-1)?.offset ?? -1) + 1;
  }

  public async append(text: string): Promise<number> {
    this.#requireHealthy();
    const frame = { offset: this.nextOffset, text };
    const bytes = encodeFrame(frame);
    await this.#write(bytes);
    if (this.#bugs.has('index trusted')) await this.#writeIndex(this.#end + bytes.length);
    if (!this.#bugs.has('ack before sync')) await this.#sync(bytes.length);
    this.#frames.push(frame);
    this.#end += bytes.length;
    return frame.offset;
  }

  /** Keeps the records up to `lastKept`. */
  public async truncateAfter(lastKept: number): Promise<void> {
    this.#requireHealthy();
    this.#frames = this.#frames.filter(({ offset }) => offset <= lastKept);
    this.#end = this.#frames.reduce((sum, frame) => sum + encodeFrame(frame).length, 0);
    await this.#file.truncate(this.#end);
    if (!this.#bugs.has('truncation not synced')) await this.#file.sync();
  }

  /** Keeps the records from `firstKept` on, in a new file. */
  public async dropBefore(firstKept: number): Promise<void> {
    this.#requireHealthy();
    const before = `data-${this.#generation}`;
    const next = this.#generation + 1;
    const frames = this.#frames.filter(({ offset }) => offset >= firstKept);
    await this.#store.remove(`data-${next}`);
    const file = await this.#store.create(`data-${next}`);
    const bytes = frames.map(encodeFrame);
    if (this.#bugs.has('swap order')) await this.#publish(next);
    await file.write(0, bytes);
    await file.sync();
    if (!this.#bugs.has('no directory sync')) await this.#store.sync();
    if (this.#bugs.has('removed too early')) await this.#store.remove(before);
    if (!this.#bugs.has('swap order')) await this.#publish(next);
    await this.#store.remove(before);
    this.#frames = frames;
    this.#end = bytes.reduce((sum, one) => sum + one.length, 0);
    this.#file = file;
    this.#generation = next;
  }

  #requireHealthy(): void {
    if (this.#poisoned) throw new Error('an earlier sync failed');
  }

  async #write(bytes: Uint8Array): Promise<void> {
    try {
      await this.#file.write(this.#end, [bytes]);
    } catch (error) {
      if (this.#bugs.has('short write ignored')) this.#end += bytes.length;
      else {
        await this.#file.truncate(this.#end);
        await this.#file.sync();
      }
      throw error;
    }
  }

  async #sync(written: number): Promise<void> {
    try {
      await this.#file.sync();
    } catch (error) {
      if (this.#bugs.has('sync retried') || this.#bugs.has('poison ignored')) {
        this.#file = await this.#store.open(`data-${this.#generation}`);
      }
      if (this.#bugs.has('sync retried')) return this.#file.sync();
      if (this.#bugs.has('poison ignored')) this.#end += written;
      else this.#poisoned = true;
      throw error;
    }
  }

  async #publish(generation: number): Promise<void> {
    await this.#store.remove('GEN.tmp');
    const temporary = await this.#store.create('GEN.tmp');
    await temporary.write(0, [Buffer.from(`${generation}\n`)]);
    if (!this.#bugs.has('temporary not synced')) await temporary.sync();
    await temporary.close();
    await this.#store.rename('GEN.tmp', 'GEN');
    if (!this.#bugs.has('no directory sync')) await this.#store.sync();
  }

  async #writeIndex(end: number): Promise<void> {
    const exists = (await this.#store.sizeOf('INDEX')) !== undefined;
    const file = exists ? await this.#store.open('INDEX') : await this.#store.create('INDEX');
    await file.write(0, [Buffer.from(String(end).padStart(8, '0'))]);
    await file.sync();
    await this.#store.sync();
    await file.close();
  }

  async #recover(): Promise<void> {
    const bytes = await readFile(this.#store, `data-${this.#generation}`);
    const { frames, end } = decodeFrames(bytes, this.#bugs);
    this.#frames = frames;
    this.#end = this.#bugs.has('tail kept') ? bytes.length : end;
    if (this.#bugs.has('index trusted') && (await this.#store.sizeOf('INDEX')) !== undefined) {
      this.#end = Number(Buffer.from(await readFile(this.#store, 'INDEX')).toString());
    }
    if (this.#end !== bytes.length) await this.#file.truncate(this.#end);
    if (this.#bugs.has('recovered data not synced')) return;
    // Written once more, because a failed sync may have marked pages clean that never reached the medium.
    await this.#file.write(0, [bytes.subarray(0, this.#end)]);
    await this.#file.sync();
  }
}

async function currentGeneration(store: StorageDirectory): Promise<number | undefined> {
  if ((await store.sizeOf('GEN')) === undefined) return undefined;
  const text = Buffer.from(await readFile(store, 'GEN')).toString();
  if (!/^\d+\n$/.test(text)) throw new Error(`GEN does not hold a number: ${JSON.stringify(text)}`);
  return Number(text);
}
