import { type CrashStudy, enumerateCrashes, type Oracle, type SimulatedDisk } from '@seglog/testing';
import { expect, test } from 'vitest';
import { CLOCK, diskModule, type Engine, openEngine, partModule, RANDOM, SeglogError } from '../src/index.js';

/** A record, before it was appended and after it was acknowledged; `deleted` when the topic was, or was asked to be. */
interface Fact {
  readonly phase: 'asked' | 'told';
  readonly topic: string;
  readonly value?: number;
  readonly deleted?: boolean;
}

const openOn = (disk: SimulatedDisk): Promise<Engine> =>
  openEngine({
    modules: [diskModule(() => disk.root), partModule(CLOCK, disk.clock), partModule(RANDOM, disk.random)],
    settings: { maxSegmentBytes: 4096, preallocateBytes: 0 },
  });

/** Two topics live, one dies and comes back, across a clean close. */
async function workload(disk: SimulatedDisk, oracle: Oracle<Fact>): Promise<void> {
  const step = async (fact: Omit<Fact, 'phase'>, call: () => Promise<unknown>): Promise<void> => {
    oracle.note({ phase: 'asked', ...fact });
    await call();
    oracle.note({ phase: 'told', ...fact });
  };
  const append = (engine: Engine, topic: string, value: number): Promise<void> =>
    step({ topic, value }, () => engine.topic(topic).append({ value, partition: 0 }));
  const first = await openOn(disk);
  for (const topic of ['kept', 'gone'])
    await step({ topic }, () => first.createTopic(topic, { partitions: 1 }));
  await append(first, 'kept', 1);
  await append(first, 'gone', 2);
  await step({ topic: 'gone', deleted: true }, () => first.deleteTopic('gone'));
  await first.close();
  const second = await openOn(disk);
  await append(second, 'kept', 3);
  await step({ topic: 'gone' }, () => second.createTopic('gone', { partitions: 1 }));
  await append(second, 'gone', 4);
  await append(second, 'kept', 5);
  await second.close();
}

/** Values of a topic; undefined when there is none. */
async function valuesOf(engine: Engine, topic: string): Promise<readonly unknown[] | undefined> {
  if (!engine.topics().some(({ name }) => name === topic)) return undefined;
  const { records } = await engine.topic(topic).read(0, 0);
  return records.map(({ value }) => value);
}

/** What a topic may hold: the acknowledged steps, and any beginning of those that were asked for after them. */
function allowed(facts: readonly Fact[], topic: string): readonly (readonly number[] | undefined)[] {
  let now: readonly number[] | undefined;
  let states: (readonly number[] | undefined)[] = [undefined];
  for (const { phase, value, deleted } of facts.filter((fact) => fact.topic === topic)) {
    const next = deleted === true ? undefined : [...(now ?? []), ...(value === undefined ? [] : [value])];
    if (phase === 'asked') states = [...states, next];
    else {
      now = next;
      states = [next];
    }
  }
  return states;
}

const study: CrashStudy<{ disk: SimulatedDisk; engine: Engine }, Fact> = {
  name: 'engine',
  workload,
  async open(disk) {
    return { disk, engine: await openOn(disk) };
  },
  async check({ disk, engine }, { facts }) {
    const found: Record<string, unknown> = {};
    for (const topic of ['kept', 'gone']) {
      found[topic] = await valuesOf(engine, topic);
      expect(allowed(facts, topic)).toContainEqual(found[topic]);
    }
    const kept = await engine.getOrCreateTopic('kept', { partitions: 1 });
    await kept.append({ value: 99, partition: 0 });
    await expect(engine.createTopic('KEPT')).rejects.toSatisfy((error) =>
      SeglogError.is(error, 'INVALID_TOPIC'),
    );
    await engine.close();
    const again = await openOn(disk);
    expect((await valuesOf(again, 'kept'))?.at(-1)).toBe(99);
    await again.close();
    return JSON.stringify(found);
  },
};

// Every sixteenth crash point, so that the whole engine fits into a test run; all of them take a minute.
test('an engine loses nothing that it acknowledged in any crash, and brings nothing deleted back', async () => {
  const report = await enumerateCrashes(study, { shard: { index: 3, count: 16 } });
  expect(report.violations[0]?.timeline).toBeUndefined();
  expect(report.distinctStates).toBeGreaterThan(100);
});
