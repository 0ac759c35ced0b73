import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { expectCode } from '../expectation.js';
import type { CursorPlace, EngineModel, EngineUnderTest } from './engine-model.js';

/** One step, taken by a model and by an engine; it fails where they differ. */
export type EngineCommand = fc.AsyncCommand<EngineModel, EngineUnderTest>;

type Step = (model: EngineModel, engine: EngineUnderTest) => Promise<void>;

const NAMES = ['a', 'B', 'long.name-1_x'] as const;
const GROUPS = ['g', 'h'] as const;

/** A partition of a topic that is there when the step is taken: chosen among them by a number. */
interface Pick {
  readonly topic: number;
  readonly partition: number;
}

/**
 * Steps for `fc.commands`: topics are made, deleted and given more partitions, appended to and read, cursors committed and
 * looked up, and the engine is closed, killed or cut off and opened again, after which everything is compared. Run them with
 * `fc.asyncModelRun(async () => ({ model: new EngineModel(), real: engine }), commands)`.
 */
export function engineCommands(): fc.Arbitrary<EngineCommand>[] {
  return [...topicSteps(), ...recordSteps(), ...cursorSteps(), ...openings()];
}

function topicSteps(): fc.Arbitrary<EngineCommand>[] {
  const name = fc.constantFrom(...NAMES);
  const partitions = fc.integer({ min: 1, max: 3 });
  return [
    fc.tuple(name, partitions).map(([topic, count]) =>
      command(`createTopic(${topic}, ${count})`, async (model, engine) => {
        if (model.names.includes(topic)) {
          await expectCode('TOPIC_EXISTS', () => engine.createTopic(topic, count));
          return;
        }
        await engine.createTopic(topic, count);
        model.create(topic, count);
      }),
    ),
    name.map((topic) =>
      command(`deleteTopic(${topic})`, async (model, engine) => {
        if (!model.names.includes(topic)) {
          await expectCode('TOPIC_NOT_FOUND', () => engine.deleteTopic(topic));
          return;
        }
        await engine.deleteTopic(topic);
        model.delete(topic);
      }),
    ),
    fc.tuple(picks(), fc.integer({ min: 1, max: 2 })).map(([pick, more]) =>
      command(
        `addPartitions(${pick.topic}, +${more})`,
        withTopic(pick, async (model, engine, { topic }) => {
          const total = (model.shape[topic] ?? 0) + more;
          await engine.addPartitions(topic, total);
          model.grow(topic, total);
        }),
      ),
    ),
  ];
}

function recordSteps(): fc.Arbitrary<EngineCommand>[] {
  const appends = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 6 });
  return [
    fc.tuple(picks(), appends).map(([pick, counts]) =>
      command(
        `append(${counts.join(', ')})`,
        withTopic(pick, async (model, engine, { topic, partition }) => {
          const batches = counts.map((count) => model.freshValues(count));
          const told = await Promise.all(batches.map((values) => engine.append(topic, partition, values)));
          const expected = batches.map((values) => model.append(topic, partition, values));
          assert.deepEqual(told, expected, 'offsets of appends at once');
        }),
      ),
    ),
    picks().map((pick) =>
      command(
        'read()',
        withTopic(pick, async (model, engine, { topic, partition }) => {
          assert.deepEqual(await engine.read(topic, partition), model.records(topic, partition));
        }),
      ),
    ),
  ];
}

function cursorSteps(): fc.Arbitrary<EngineCommand>[] {
  const group = fc.constantFrom(...GROUPS);
  return [
    fc.tuple(picks(), group, fc.nat(100)).map(([pick, name, at]) =>
      command(
        `commit(${name}, ${at} %)`,
        withTopic(pick, async (model, engine, { topic, partition }) => {
          const offset = Math.floor((model.records(topic, partition).length * at) / 100);
          await engine.commit(name, topic, partition, offset);
          model.commit({ group: name, topic, partition }, offset);
        }),
      ),
    ),
    fc.tuple(picks(), group).map(([pick, name]) =>
      command(
        `committed(${name})`,
        withTopic(pick, async (model, engine, place) =>
          expectCursor(model, engine, { ...place, group: name }),
        ),
      ),
    ),
  ];
}

function openings(): fc.Arbitrary<EngineCommand>[] {
  return (['close', 'kill', 'power cut'] as const).map((how) =>
    fc.constant(
      command(`reopen after a ${how}`, async (model, engine) => {
        await engine.reopen(how);
        await expectSame(model, engine);
      }),
    ),
  );
}

/** Topics, records and cursors of the engine are those of the model. */
async function expectSame(model: EngineModel, engine: EngineUnderTest): Promise<void> {
  assert.deepEqual(await engine.topics(), model.shape);
  for (const [topic, partitions] of Object.entries(model.shape)) {
    for (let partition = 0; partition < partitions; partition += 1) {
      assert.deepEqual(await engine.read(topic, partition), model.records(topic, partition));
      for (const group of GROUPS) await expectCursor(model, engine, { group, topic, partition });
    }
  }
}

async function expectCursor(model: EngineModel, engine: EngineUnderTest, place: CursorPlace): Promise<void> {
  const { group, topic, partition } = place;
  assert.equal(await engine.committed(group, topic, partition), model.committed(place), `cursor of ${group}`);
}

function picks(): fc.Arbitrary<Pick> {
  return fc.record({ topic: fc.nat(10), partition: fc.nat(10) });
}

/** Does nothing while there is no topic. */
function withTopic(
  pick: Pick,
  step: (
    model: EngineModel,
    engine: EngineUnderTest,
    place: { readonly topic: string; readonly partition: number },
  ) => Promise<void>,
): Step {
  return async (model, engine) => {
    const topic = model.names[pick.topic % Math.max(1, model.names.length)];
    if (topic === undefined) return;
    await step(model, engine, { topic, partition: pick.partition % (model.shape[topic] ?? 1) });
  };
}

function command(name: string, step: Step): EngineCommand {
  return {
    check: () => true,
    run: async (model, engine) => {
      await step(model, engine);
      assert.deepEqual(await engine.topics(), model.shape, 'topics and their partitions');
    },
    toString: () => name,
  };
}
