import { createHash } from 'node:crypto';
import { lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ContainerModule } from 'inversify';
import { expect } from 'vitest';
import {
  type Engine,
  type EngineSettings,
  MemoryDirectory,
  memoryModule,
  openEngine,
  preadModule,
  type SeglogErrorCode,
  type StorageDirectory,
  type Topic,
} from '../src/index.js';

/** Nothing is written but by the calls of the test: the watermark is noted an hour later. */
const SETTINGS: EngineSettings = { watermarkDelayMs: 3_600_000, maxRecordBytes: 10_000 };

/** An engine with one topic of two records, and a way to see every byte that it stands on. */
export interface World {
  readonly engine: Engine;
  readonly safe: Topic<string, number>;
  /** The same data root for another engine. */
  readonly modules: readonly ContainerModule[];
  /** Every file with a sum of its bytes. */
  picture(): Promise<Readonly<Record<string, string>>>;
  dispose(): Promise<void>;
}

export type MakeWorld = (settings?: EngineSettings) => Promise<World>;

export const worlds: Readonly<Record<'a real disk' | 'memory', MakeWorld>> = {
  'a real disk': async (settings) => {
    const root = mkdtempSync(join(tmpdir(), 'seglog-bad-'));
    const remove = () => rmSync(root, { recursive: true, force: true });
    return build([preadModule(root)], { settings, picture: async () => pictureOf(root), remove });
  },
  memory: async (settings) => {
    const directory = new MemoryDirectory();
    const picture = () => pictureIn(directory);
    return build([memoryModule(directory)], { settings, picture, remove: () => undefined });
  },
};

interface Ground {
  readonly settings: EngineSettings | undefined;
  picture(): Promise<Readonly<Record<string, string>>>;
  remove(): void;
}

async function build(modules: readonly ContainerModule[], ground: Ground): Promise<World> {
  const engine = await openEngine({ modules, settings: { ...SETTINGS, ...ground.settings } });
  const safe = await engine.createTopic<number>('safe', { partitions: 1 });
  await safe.append([{ value: 1 }, { value: 2 }]);
  return {
    engine,
    safe,
    modules,
    picture: () => ground.picture(),
    dispose: async () => {
      await engine.close();
      ground.remove();
    },
  };
}

/** Every file below `root` with a sum of its bytes, links with what they say. Zeros written ahead count as nothing. */
export function pictureOf(root: string): Readonly<Record<string, string>> {
  const all: Record<string, string> = {};
  for (const name of readdirSync(root, { recursive: true, encoding: 'utf8' }).toSorted()) {
    const path = join(root, name);
    const facts = lstatSync(path);
    all[name] = facts.isFile() ? sumOf(readFileSync(path)) : String(facts.mode);
  }
  return all;
}

function sumOf(bytes: Uint8Array): string {
  return `${bytes.length} ${createHash('sha256').update(bytes).digest('hex').slice(0, 16)}`;
}

async function pictureIn(directory: StorageDirectory): Promise<Readonly<Record<string, string>>> {
  const all: Record<string, string> = {};
  for (const { name, kind } of await directory.list()) {
    if (kind === 'directory') {
      const children = await pictureIn(await directory.directory(name, { create: false }));
      for (const [child, sum] of Object.entries(children)) all[`${name}/${child}`] = sum;
      continue;
    }
    const bytes = (await directory.sizeOf(name)) ?? 0;
    const reader = await directory.openReader(name, { sealed: false, writtenBytes: () => bytes });
    all[name] = sumOf(await reader.read(0, new Uint8Array(bytes)));
    await reader.close();
  }
  return all;
}

/** What a mistake must end with: a code and facts, or one of JavaScript's own errors. */
export type Expected =
  | { readonly code: SeglogErrorCode; readonly facts?: object }
  | typeof RangeError
  | typeof TypeError;

/** The call fails as expected, at once or by its promise. Returns the error. */
export async function expectFailure(call: () => unknown, expected: Expected): Promise<unknown> {
  const error: unknown = await (async () => call())().then(
    (value: unknown) => expect.fail(`the call succeeded with ${JSON.stringify(value)}`),
    (cause: unknown) => cause,
  );
  if (typeof expected === 'function') expect(error).toBeInstanceOf(expected);
  else expect(error).toMatchObject({ ...expected, facts: expect.objectContaining(expected.facts ?? {}) });
  return error;
}

/** The call fails as expected, has written nothing, and harmed nobody. */
export async function expectHarmless(world: World, call: () => unknown, expected: Expected): Promise<void> {
  const before = await world.picture();
  await expectFailure(call, expected);
  expect(await world.picture()).toEqual(before);
  await expectUsable(world.safe);
}

/** Appends and reads go on at the next offset. */
export async function expectUsable(topic: Topic<string, number>): Promise<void> {
  const before = await topic.read(0, 0);
  expect(before.records.map(({ offset }) => offset)).toEqual(before.records.map((_, index) => index));
  const { offset } = await topic.append({ value: before.records.length, partition: 0 });
  expect(offset).toBe(before.records.length);
  expect((await topic.read(0, offset)).records.map(({ value }) => value)).toEqual([offset]);
}
