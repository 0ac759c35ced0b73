import { expect } from 'vitest';
import { freshPath, seglog, storeOnDisk } from '../run-cli.js';
import { RandomStore } from './random-store.js';
import type { StoreStep } from './store-life.js';
import { type Trait, traitsOf } from './traits.js';

/** A life with everything that an export must carry: a trimmed start, holes, compaction, a write-ahead log. */
export const EVENTFUL_LIFE: readonly StoreStep[] = [
  { do: 'ahead' },
  { do: 'write', places: [{ topic: 0, partition: 0 }], records: numbered(3) },
  { do: 'roll', topic: 0, partition: 0 },
  { do: 'append', topic: 0, partition: 0, batches: [numbered(3), numbered(3)] },
  { do: 'delete-before', topic: 0, partition: 0, share: 40 },
  { do: 'compact', topic: 0 },
  { do: 'kill' },
];

function numbered(count: number): readonly { readonly key: Uint8Array; readonly value: Uint8Array }[] {
  return Array.from({ length: count }, (_, i) => ({ key: Uint8Array.of(i), value: Uint8Array.of(i) }));
}

/** Exports a store, imports that into an empty directory, and holds what comes out against what went in. */
export async function roundTrip(
  steps: readonly StoreStep[],
): Promise<{ readonly records: number; readonly traits: ReadonlySet<Trait> }> {
  const store = new RandomStore();
  await store.live(steps);
  await store.settle();
  const exported = await seglog(['export', await storeOnDisk(store.directory)]);
  expect(exported.err).toBe('');
  const target = freshPath();
  const dry = await seglog(['import', target], { input: exported.out });
  expect(dry).toMatchObject({ code: 0, err: '' });
  const imported = await seglog(['import', target, '--write'], { input: exported.out });
  expect(imported).toMatchObject({ code: 0, err: '' });
  const again = await seglog(['export', target]);
  expect(linesOfTopics(again.out)).toEqual(linesOfTopics(exported.out));
  const verified = await seglog(['verify', target, '--deep']);
  expect(verified.code, verified.out).toBe(0);
  const records = exported.out.split('"type":"record"').length - 1;
  return { records, traits: await traitsOf(store.directory) };
}

/** The lines of each topic: topics come in the order of their names, whatever their ids. */
function linesOfTopics(text: string): ReadonlyMap<string, readonly string[]> {
  const topics = new Map<string, string[]>();
  let lines: string[] = [];
  for (const line of text.trimEnd().split('\n')) {
    const { type, name } = JSON.parse(line);
    if (type === 'topic') {
      lines = [];
      topics.set(name, lines);
    }
    lines.push(line);
  }
  return topics;
}
