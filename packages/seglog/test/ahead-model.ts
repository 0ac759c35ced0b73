import assert from 'node:assert/strict';
import { SeededRandom, SimulatedDisk } from '@seglog/testing';
import { type Engine, type Producer, SeglogError } from '../src/index.js';
import { afterPowerCut, openAhead, valuesOf } from './ahead-disk.js';

const TOPICS = ['a', 'b'] as const;
const PARTITIONS = 2;

interface Place {
  readonly name: string;
  readonly topic: string;
  readonly partition: number;
}

/** What the partitions of the topics hold, by `a/0` and so on. */
type Model = Map<string, number[]>;

/**
 * Random commands on an engine that writes ahead, and on a model of it: appends, writes over partitions, transactions that
 * commit, abort and conflict, producers that repeat themselves, truncations, checkpoints, clean closes, deaths of the
 * process and power cuts that take all they can. After each opening the engine holds what the model does.
 */
export class AheadModel {
  readonly #random: SeededRandom;
  readonly #model: Model = new Map();
  #disk: SimulatedDisk;
  #engine: Engine | undefined;
  #producer: Producer | undefined;
  /** The last append of the producer, with its number and the offset that it was told. */
  #last: { readonly partition: number; readonly sequence: number; readonly offset: number } | undefined;
  #value = 0;

  public constructor(seed: number) {
    this.#random = new SeededRandom(seed, 7);
    this.#disk = new SimulatedDisk({ seed });
    for (const topic of TOPICS)
      for (let partition = 0; partition < PARTITIONS; partition += 1)
        this.#model.set(`${topic}/${partition}`, []);
  }

  /** Carries out so many commands; throws where engine and model differ. */
  public async run(commands: number): Promise<void> {
    for (let done = 0; done < commands; ) {
      const batch = Math.min(1 + this.#random.below(40), commands - done);
      await this.#disk.run(async () => {
        await this.#open();
        for (let i = 0; i < batch; i += 1) await this.#command();
        if (this.#random.below(3) === 0) await this.#close();
      });
      if (this.#engine !== undefined) this.#disk = afterPowerCut(this.#disk);
      this.#engine = undefined;
      done += batch;
    }
  }

  async #open(): Promise<void> {
    const wal = { maxWalBytes: 64 * 1024, maxSegmentBytes: 8192, pieceBytes: 300 };
    const engine = await openAhead(this.#disk, { wal, settings: { maxSegmentBytes: 8192 } });
    for (const topic of TOPICS) await engine.getOrCreateTopic(topic, { partitions: PARTITIONS });
    this.#engine = engine;
    const { epoch } = this.#producer ?? (await engine.producer('p'));
    this.#producer = await engine.producer('p', { epoch });
    await this.#compare();
    await this.#repeat();
  }

  async #close(): Promise<void> {
    await this.#compare();
    await this.#engine?.close();
    await this.#disk.root.close();
    this.#engine = undefined;
  }

  async #compare(): Promise<void> {
    for (const [name, values] of this.#model) {
      const [topic = '', partition = ''] = name.split('/');
      assert.deepEqual(await valuesOf(this.#now, topic, Number(partition)), values, name);
    }
  }

  get #now(): Engine {
    assert.ok(this.#engine, 'an engine is open');
    return this.#engine;
  }

  async #command(): Promise<void> {
    const kind = this.#random.below(20);
    if (kind < 7) await this.#append();
    else if (kind < 11) await this.#write();
    else if (kind < 15) await this.#transact();
    else if (kind < 17) await this.#produce();
    else if (kind === 17) await this.#repeat();
    else if (kind === 18) await this.#truncate();
    else await this.#now.checkpoint();
  }

  /** A few appends that are under way together. */
  async #append(): Promise<void> {
    const places = Array.from({ length: 1 + this.#random.below(4) }, () => this.#place());
    await Promise.all(
      places.map(async ({ name, topic, partition }) => {
        const value = this.#note(name);
        await this.#now.topic(topic).append({ value, partition });
      }),
    );
  }

  async #write(): Promise<void> {
    const places = this.#places();
    const parts = places.map(({ name, topic, partition }) => ({
      topic,
      partition,
      records: Array.from({ length: 1 + this.#random.below(3) }, () => ({ value: this.#note(name) })),
    }));
    await this.#now.write(parts);
  }

  async #transact(): Promise<void> {
    const tx = this.#now.transaction();
    const places = this.#places();
    const conflict = this.#random.below(4) === 0;
    const commits = !conflict && this.#random.below(3) > 0;
    for (const [i, { name, topic, partition }] of places.entries()) {
      const end = this.#values(name).length;
      const expectedOffset = conflict && i === 0 ? end + 1 : end;
      const value = commits ? this.#note(name) : -1;
      tx.append(topic, [{ value }], { partition, expectedOffset });
    }
    if (!conflict && !commits) tx.abort();
    else if (commits) await tx.commit();
    else await assert.rejects(tx.commit(), (error) => SeglogError.is(error, 'WRONG_EXPECTED_OFFSET'));
  }

  async #produce(): Promise<void> {
    if (this.#last !== undefined && this.#last.offset >= this.#values('a/0').length) return;
    const sequence = this.#last === undefined ? 0 : this.#last.sequence + 1;
    const value = this.#note('a/0');
    const options = { partition: 0, sequence };
    const [result] = (await this.#producer?.append('a', [{ value }], options)) ?? [];
    assert.equal(result?.duplicate, false);
    assert.equal(result.offset, this.#values('a/0').length - 1);
    this.#last = { partition: 0, sequence, offset: result.offset };
  }

  /** What the producer sent last is there once, however often it is sent. */
  async #repeat(): Promise<void> {
    if (this.#last === undefined || this.#last.offset >= this.#values('a/0').length) return;
    const { partition, sequence, offset } = this.#last;
    const value = this.#values('a/0')[offset];
    const [result] = (await this.#producer?.append('a', [{ value }], { partition, sequence })) ?? [];
    assert.deepEqual([result?.duplicate, result?.offset], [true, offset]);
  }

  async #truncate(): Promise<void> {
    const { name, topic, partition } = this.#place();
    if (name === 'a/0') return;
    const values = this.#values(name);
    const kept = this.#random.below(values.length + 1);
    await (await this.#now.log(topic, partition)).truncateAfter(kept - 1);
    values.length = kept;
  }

  #place(): Place {
    const topic = TOPICS[this.#random.below(TOPICS.length)] ?? 'a';
    const partition = this.#random.below(PARTITIONS);
    return { name: `${topic}/${partition}`, topic, partition };
  }

  #places(): readonly Place[] {
    const drawn = Array.from({ length: 1 + this.#random.below(4) }, () => this.#place());
    return [...new Map(drawn.map((place) => [place.name, place])).values()];
  }

  #values(name: string): number[] {
    return this.#model.get(name) ?? [];
  }

  /** The next value, noted as the next one of a partition: appends of one engine are taken in the order of the calls. */
  #note(name: string): number {
    this.#value += 1;
    this.#values(name).push(this.#value);
    return this.#value;
  }
}
