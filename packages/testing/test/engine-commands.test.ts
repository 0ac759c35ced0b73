import { SeglogError } from '@seglog/core';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { EngineModel, type EngineUnderTest, engineCommands } from '../src/index.js';

const BUGS = ['deleted records come back', 'a kill takes the last append', 'cursors are forgotten'] as const;
type Bug = (typeof BUGS)[number] | undefined;

/** The model once more, behind the interface of an engine, with one mistake. */
class ToyEngine implements EngineUnderTest {
  readonly #bug: Bug;
  readonly #model = new EngineModel();
  readonly #graves = new Map<string, readonly string[]>();
  #cursors = new Map<string, number>();

  public constructor(bug: Bug) {
    this.#bug = bug;
  }

  public async createTopic(name: string, partitions: number): Promise<void> {
    if (this.#model.names.includes(name)) throw new SeglogError('TOPIC_EXISTS', 'it is there', { name });
    this.#model.create(name, partitions);
    this.#model.append(name, 0, this.#graves.get(name) ?? []);
  }

  public async deleteTopic(name: string): Promise<void> {
    if (!this.#model.names.includes(name))
      throw new SeglogError('TOPIC_NOT_FOUND', 'it is not there', { name });
    if (this.#bug === 'deleted records come back') this.#graves.set(name, [...this.#model.records(name, 0)]);
    this.#model.delete(name);
    this.#cursors = new Map([...this.#cursors].filter(([key]) => !key.startsWith(`${name}/`)));
  }

  public async addPartitions(name: string, total: number): Promise<void> {
    this.#model.grow(name, total);
  }

  public async topics(): Promise<Readonly<Record<string, number>>> {
    return this.#model.shape;
  }

  public async append(topic: string, partition: number, values: readonly string[]): Promise<number> {
    return this.#model.append(topic, partition, values);
  }

  public async read(topic: string, partition: number): Promise<readonly string[]> {
    return [...this.#model.records(topic, partition)];
  }

  public async commit(group: string, topic: string, partition: number, offset: number): Promise<void> {
    this.#cursors.set(`${topic}/${partition}/${group}`, offset);
  }

  public async committed(group: string, topic: string, partition: number): Promise<number | undefined> {
    return this.#cursors.get(`${topic}/${partition}/${group}`);
  }

  public async reopen(how: 'close' | 'kill' | 'power cut'): Promise<void> {
    if (this.#bug === 'cursors are forgotten') this.#cursors.clear();
    if (this.#bug !== 'a kill takes the last append' || how !== 'kill') return;
    for (const topic of this.#model.names) this.#model.records(topic, 0).pop();
  }
}

const steps = fc.commands(engineCommands(), { maxCommands: 60, size: '+1' });
const property = (bug: Bug) =>
  fc.asyncProperty(steps, (commands) =>
    fc.asyncModelRun(() => ({ model: new EngineModel(), real: new ToyEngine(bug) }), commands),
  );

test('an engine that does what the model does passes', async () => {
  await expect(fc.assert(property(undefined), { numRuns: 100, seed: 1 })).resolves.toBeUndefined();
});

test.each(BUGS)('%s: is found, and shrunk to a few commands', async (bug) => {
  const found = await fc.check(property(bug), { numRuns: 500, seed: 1 });
  expect(found.failed).toBe(true);
  const commands = fc.stringify(found.counterexample?.[0]);
  expect(commands).toContain('createTopic');
  expect(commands.split('),').length).toBeLessThan(7);
});
