import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Log, RecoveryReport } from '@seglog/core';
import type { Engine } from 'seglog';
import { type EnginePlan, openPlanned } from '../engine/open-engine.js';
import { comparePartition } from './compare-partition.js';
import { readPartition } from './read-partition.js';
import type { WorldModel } from './world-model.js';

export interface Check {
  readonly lost: number;
  readonly phantoms: number;
  readonly faults: readonly string[];
  /** From the call to the last partition open. */
  readonly openMs: number;
  /** Recoveries that cut something off, and those that cut something else than zeros. */
  readonly truncatedTails: number;
  readonly tornTails: number;
  readonly records: number;
  readonly reports: ReadonlyMap<string, RecoveryReport>;
}

export interface CheckOptions {
  readonly engine: EnginePlan;
  readonly seed: number;
  /** Whether every batch was written by a codec that keeps it whole. */
  readonly wholeBatches: boolean;
}

/** Opens what a killed process left, without help, and holds it against what must be there; then takes it as it is. */
export async function checkWorld(world: WorldModel, options: CheckOptions): Promise<Check> {
  const started = performance.now();
  const engine = await openPlanned(options.engine);
  try {
    const logs = await openAll(engine);
    const openMs = performance.now() - started;
    const faults = [...compareTopics(world, engine), ...strays(options.engine.directory, engine)];
    const sums = { lost: 0, phantoms: 0, records: 0 };
    world.settleTopics(found(engine));
    for (const [topic, partition, log] of logs) {
      const reading = await readPartition(log, options.seed);
      const model = world.partition(topic, partition);
      const { lost, phantoms, faults: wrong } = comparePartition(model, reading, options.wholeBatches);
      faults.push(...wrong.map((fault) => `${topic}/${partition}: ${fault}`));
      model.adopt(reading.logStart, reading.runs);
      sums.lost += lost;
      sums.phantoms += phantoms;
      sums.records += reading.records;
    }
    return { ...sums, ...tails(engine), faults, openMs, reports: engine.recoveryReports() };
  } finally {
    await engine.close();
  }
}

function tails(engine: Engine): Pick<Check, 'truncatedTails' | 'tornTails'> {
  const cut = [...engine.recoveryReports().values()].flatMap(({ truncated }) => truncated ?? []);
  return {
    truncatedTails: cut.length,
    tornTails: cut.filter(({ verdict }) => verdict !== 'preallocated').length,
  };
}

/** After a clean close nothing is scanned. Returns what was. */
export async function checkCleanReopen(options: EnginePlan): Promise<readonly string[]> {
  const engine = await openPlanned(options);
  try {
    await openAll(engine);
    return [...engine.recoveryReports()]
      .filter(([, { clean, scannedBytes }]) => !clean || scannedBytes > 0)
      .map(
        ([name, { scannedBytes }]) => `${name} was closed cleanly, and ${scannedBytes} bytes were scanned`,
      );
  } finally {
    await engine.close();
  }
}

async function openAll(engine: Engine): Promise<readonly (readonly [string, number, Log])[]> {
  const places = engine
    .topics()
    .flatMap(({ name, partitions }) =>
      Array.from({ length: partitions }, (_, partition) => [name, partition] as const),
    );
  return Promise.all(
    places.map(async ([name, partition]) => [name, partition, await engine.log(name, partition)] as const),
  );
}

function found(engine: Engine): ReadonlyMap<string, number> {
  return new Map(engine.topics().map(({ name, partitions }) => [name, partitions]));
}

function compareTopics(world: WorldModel, engine: Engine): string[] {
  const there = found(engine);
  const faults: string[] = [];
  for (const [name, { partitions }] of world.topics) {
    const count = there.get(name);
    const allowed = [partitions.length, world.growing.get(name)];
    if (count === undefined) {
      if (!world.dropping.has(name)) faults.push(`topic ${name} is lost`);
    } else if (!allowed.includes(count))
      faults.push(`topic ${name} has ${count} partitions, not ${allowed[0]}`);
  }
  for (const [name, count] of there) {
    if (world.topics.has(name) || world.creating.get(name) === count) continue;
    faults.push(`topic ${name} with ${count} partitions was never made`);
  }
  return faults;
}

/** What unfinished creations and deletions left is gone when the engine is open. */
function strays(directory: string, engine: Engine): readonly string[] {
  const known = new Set(engine.topics().map(({ name, id }) => `${name}-${id}`));
  const there = existsSync(join(directory, 'topics')) ? readdirSync(join(directory, 'topics')) : [];
  return there.filter((name) => !known.has(name)).map((name) => `${name} is the directory of no topic`);
}
