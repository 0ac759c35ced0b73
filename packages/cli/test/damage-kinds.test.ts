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

/** Other edits are made again by whoever needs them. */
test.each([
  ['a manifest', /^topics.orders.*MANIFEST-1$/, /"type":"(?:seal|add|swap|start|point)"/],
  ['a catalog', /^catalog.CATALOG-1$/, /"type":"create"/],
])(
  '%s that lost edits, wherever it was cut, is found by itself or by what it spoke of',
  async (_, which, edits) => {
    const store = await killedStore();
    const { findings: healthy } = await checkStore(await directoryOf(store.image), knownFormats());
    const [file = '', bytes = new Uint8Array()] = [...store.image].find(([name]) => which.test(name)) ?? [];
    const { length } = bytes;
    const [path, name] = [file.slice(0, file.lastIndexOf('/')), file.slice(file.lastIndexOf('/') + 1)];
    let cuts = 0;
    const silent: number[] = [];
    for (let sizeBytes = Math.max(0, length - 700); sizeBytes < length; sizeBytes++) {
      if (!edits.test(Buffer.from(bytes.subarray(sizeBytes)).toString('latin1'))) continue;
      cuts += 1;
      const fault: StoreFault = { path, fault: { kind: 'truncate', name, sizeBytes } };
      const root = await directoryOf(store.image);
      await damageStore(root, fault);
      const { findings } = await checkStore(root, knownFormats());
      if (isFound(findings, fault, healthy) || (await meansNothing(store.image, root, fault))) continue;
      silent.push(sizeBytes);
    }
    expect(silent).toEqual([]);
    expect(cuts).toBeGreaterThan(100);
  },
);

const kindOfFile = ({ fault: { name } }: StoreFault): string =>
  name.includes('.') ? name.slice(name.indexOf('.') + 1) : name.replace(/-\d+$/, '');
