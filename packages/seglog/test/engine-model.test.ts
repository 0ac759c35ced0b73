import { EngineModel, type EngineUnderTest, engineCommands, SimulatedDisk } from '@seglog/testing';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { CURSOR_TOPIC, Cursors, diskModule, type Engine, json, openEngine } from '../src/index.js';

interface OpenEngine {
  readonly disk: SimulatedDisk;
  readonly engine: Engine;
  readonly cursors: Cursors;
}

async function openOn(disk: SimulatedDisk): Promise<OpenEngine> {
  const settings = { maxSegmentBytes: 4096, preallocateBytes: 0 };
  const engine = await openEngine({ modules: [diskModule(() => disk.root)], settings });
  return { disk, engine, cursors: await Cursors.open(engine) };
}

/** The engine with its cursors on a disk that knows what a kill and a power cut leave. */
class EngineRig implements EngineUnderTest {
  #open: OpenEngine;

  private constructor(open: OpenEngine) {
    this.#open = open;
  }

  static async start(): Promise<EngineRig> {
    return new EngineRig(await openOn(new SimulatedDisk({ seed: 1 })));
  }

  async createTopic(name: string, partitions: number): Promise<void> {
    await this.#open.engine.createTopic(name, { partitions, value: json<string>() });
  }

  async deleteTopic(name: string): Promise<void> {
    await this.#open.engine.deleteTopic(name);
  }

  async addPartitions(name: string, total: number): Promise<void> {
    await this.#open.engine.topic(name).addPartitions(total);
  }

  async topics(): Promise<Readonly<Record<string, number>>> {
    const own = this.#open.engine.topics().filter(({ name }) => name !== CURSOR_TOPIC);
    return Object.fromEntries(own.map(({ name, partitions }) => [name, partitions]));
  }

  async append(topic: string, partition: number, values: readonly string[]): Promise<number> {
    const records = values.map((value) => ({ value, partition }));
    const [first] = await this.#open.engine.topic(topic).append(records);
    return first?.offset ?? -1;
  }

  async read(topic: string, partition: number): Promise<readonly string[]> {
    const { records } = await this.#open.engine.topic(topic).read(partition, 0, { maxRecords: 100_000 });
    return records.map(({ value }) => String(value));
  }

  commit(group: string, topic: string, partition: number, offset: number): Promise<void> {
    return this.#open.cursors.commit(group, topic, partition, offset);
  }

  async committed(group: string, topic: string, partition: number): Promise<number | undefined> {
    return this.#open.cursors.committed(group, topic, partition);
  }

  async reopen(how: 'close' | 'kill' | 'power cut'): Promise<void> {
    const { disk } = this.#open;
    const [left] = disk.survivors(how === 'kill' ? 'kill' : 'none');
    await this.close();
    this.#open = await openOn(how === 'close' || left === undefined ? disk : left.disk());
  }

  async close(): Promise<void> {
    await this.#open.cursors.close();
    await this.#open.engine.close();
  }
}

test('an engine does what maps and arrays do: topics, records and cursors, over closes, kills and power cuts', async () => {
  let taken = 0;
  const steps = fc.commands(engineCommands(), { maxCommands: 40, size: '+1' });
  const property = fc.asyncProperty(steps, async (commands) => {
    const real = await EngineRig.start();
    try {
      await fc.asyncModelRun(() => ({ model: new EngineModel(), real }), commands);
      taken += [...commands].length;
    } finally {
      await real.close();
    }
  });
  await fc.assert(property, { numRuns: 40 });
  expect(taken).toBeGreaterThan(200);
});
