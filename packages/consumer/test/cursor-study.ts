import assert from 'node:assert/strict';
import { SeglogError } from '@seglog/core';
import type { CrashStudy, Oracle, SimulatedDisk } from '@seglog/testing';
import { Consumer, Cursors } from '../src/index.js';
import { openWorld, type World } from './world.js';

/** Commits before (`asked`) and after (`told`) the call, and records that were handled. */
export type CursorFact =
  | { readonly kind: 'asked' | 'told'; readonly group: string; readonly offset: number }
  | { readonly kind: 'handled'; readonly offset: number };

interface Opened {
  readonly world: World;
  readonly cursors: Cursors | undefined;
}

const openOn = (disk: SimulatedDisk): Promise<World> => openWorld(disk.root, disk.clock, disk.random);

async function workload(disk: SimulatedDisk, oracle: Oracle<CursorFact>): Promise<void> {
  const world = await openOn(disk);
  const topic = await world.engine.createTopic<number>('t', { partitions: 1 });
  await topic.append([1, 2, 3, 4].map((value) => ({ value })));
  const cursors = await Cursors.open(world.engine);
  const commit = async (group: string, offset: number): Promise<void> => {
    oracle.note({ kind: 'asked', group, offset });
    await cursors.commit(group, 't', 0, offset);
    oracle.note({ kind: 'told', group, offset });
  };
  await commit('g', 1);
  await commit('g', 2);
  const consumer = new Consumer(topic, cursors, { group: 'c', commitEvery: 2 });
  for await (const { offset } of consumer) {
    if (offset === 3) break;
    oracle.note({ kind: 'handled', offset });
  }
  const log = await world.engine.log('__cursors', 0);
  await log.roll();
  // The second commit has replaced the first.
  await log.maintenance.rewrite(log.maintenance.segments().slice(0, 1), ({ offset }) => offset !== 0);
  await commit('g', 4);
  await cursors.close();
  await world.close();
}

/** Every cursor is one that was asked for, and none is older than what the caller was told. */
export const cursorStudy: CrashStudy<Opened, CursorFact> = {
  name: 'cursors',
  workload,
  async open(disk) {
    const world = await openOn(disk);
    const found = world.engine.topics().some(({ name }) => name === 't');
    return { world, cursors: found ? await Cursors.open(world.engine) : undefined };
  },
  async check({ world, cursors }, { facts }) {
    if (cursors === undefined) return 'no topic';
    const own = facts.filter((fact) => fact.kind !== 'handled' && fact.group === 'g');
    const told = own.findLast(({ kind }) => kind === 'told');
    const allowed = [
      told?.offset,
      ...own.slice(told === undefined ? 0 : own.indexOf(told)).map((fact) => fact.offset),
    ];
    const committed = cursors.committed('g', 't', 0);
    assert.ok(allowed.includes(committed), `${committed} is none of ${allowed.join(', ')}`);
    await requireAtLeastOnce(world, cursors, facts);
    return `${committed} ${cursors.committed('c', 't', 0)}`;
  },
  describe: (fact) => JSON.stringify(fact),
};

async function requireAtLeastOnce(
  { engine }: World,
  cursors: Cursors,
  facts: readonly CursorFact[],
): Promise<void> {
  const { logEnd } = (await engine.log('t', 0)).offsets();
  for (const { offset } of cursors.list()) assert.ok(offset <= logEnd, 'a cursor names what a crash took');
  const handled = facts.filter(({ kind }) => kind === 'handled').length;
  const from = cursors.committed('c', 't', 0) ?? 0;
  assert.ok(from <= handled, `${from} is committed, and ${handled} records were handled`);
  await cursors.commit('c', 't', 0, logEnd);
  assert.equal(cursors.committed('c', 't', 0), logEnd);
  await assert.rejects(cursors.commit('c', 't', 0, logEnd + 1), (error) =>
    SeglogError.is(error, 'OFFSET_OUT_OF_RANGE'),
  );
}
