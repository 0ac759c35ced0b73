import { checkStore, knownFormats } from '@seglog/core';
import { damageStore, directoryOf, type StoreFault, storeFaults } from '@seglog/testing';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { isDamage, isFound, meansNothing } from './stores/judge-findings.js';
import { killedStore, knownStore } from './stores/known-store.js';

const RUNS = Number(process.env['SEGLOG_RUNS'] ?? 300);

const KINDS = [
  'flip-bit',
  'zero',
  'garbage',
  'misdirect',
  'truncate',
  'extend',
  'missing',
  'swap',
  'replace',
];
const FILES = ['log', 'idx', 'producers', 'MANIFEST', 'CATALOG', 'CURRENT', 'MARK', 'SESSION'];

test.each([
  ['a store', knownStore],
  ['a store with a write-ahead log and a compacted topic', killedStore],
])('every kind of damage to every kind of file of %s is found, and the file is named', async (_, make) => {
  const store = await make();
  const { findings: healthy } = await checkStore(await directoryOf(store.image), knownFormats());
  expect(healthy.filter(isDamage)).toEqual([]);
  const met = new Set<string>();
  const silent: string[] = [];
  for (const fault of fc.sample(storeFaults(store.image, store.older), { numRuns: RUNS, seed: 17 })) {
    const root = await directoryOf(store.image);
    await damageStore(root, fault);
    const { findings } = await checkStore(root, knownFormats());
    const found = isFound(findings, fault, healthy);
    if (!found && (await meansNothing(store.image, root, fault))) continue;
    met.add(fault.fault.kind).add(kindOfFile(fault));
    if (!found) silent.push(JSON.stringify({ ...fault, content: undefined }));
  }
  expect(silent).toEqual([]);
  expect([...met].toSorted()).toEqual([...KINDS, ...FILES].toSorted());
});

const kindOfFile = ({ fault: { name } }: StoreFault): string =>
  name.includes('.') ? name.slice(name.indexOf('.') + 1) : name.replace(/-\d+$/, '');
