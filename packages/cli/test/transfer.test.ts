import { join } from 'node:path';
import {
  checkStore,
  defaultComponents,
  knownFormats,
  Log,
  MemoryDirectory,
  restoreLog,
  type StoredRecord,
} from '@seglog/core';
import { damageStore, directoryOf } from '@seglog/testing';
import * as fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { fileLike, fingerprint, freshPath, removeStores, seglog, storeOnDisk } from './run-cli.js';
import { isAlarm } from './stores/judge-findings.js';
import { knownStore } from './stores/known-store.js';
import { EVENTFUL_LIFE, roundTrip } from './stores/round-trip.js';
import { storeLife } from './stores/store-life.js';
import type { Trait } from './stores/traits.js';

afterAll(removeStores);

const RUNS = Number(process.env['SEGLOG_RUNS'] ?? 8);

const recordsIn = (text: string): number => text.split('"type":"record"').length - 1;

describe('export and import', () => {
  test('make the same store again: offsets with gaps, timestamps, headers, null and empty', async () => {
    let records = 0;
    const met = new Set<Trait>();
    await fc.assert(
      fc.asyncProperty(storeLife(16), async (steps) => {
        const trip = await roundTrip(steps);
        records += trip.records;
        for (const trait of trip.traits) met.add(trait);
      }),
      { numRuns: RUNS, seed: 9, examples: [[EVENTFUL_LIFE]] },
    );
    expect(records).toBeGreaterThan(RUNS * 5);
    for (const trait of ['write-ahead log', 'compacted', 'holes', 'trimmed'] as const)
      expect(met).toContain(trait);
  });

  test('an import that is cut short leaves whole topics only, and says where it stopped', async () => {
    const source = await storeOnDisk(await directoryOf((await knownStore()).image));
    const { out } = await seglog(['export', source]);
    const lines = out.trimEnd().split('\n');
    const orders = lines.findIndex((line) => line.includes('"name":"orders"'));
    const target = freshPath();
    const run = await seglog(['import', target, '--write'], {
      input: lines.slice(0, orders + 20).join('\n'),
    });
    expect(run).toMatchObject({ code: 4, out: '' });
    expect(run.err).toMatch(/no export of seglog: line \d+/);
    const { logs } = JSON.parse((await seglog(['stat', target, '--json'])).out);
    expect(logs.map(({ name }: { name: string }) => name)).toEqual(['flights/0', 'flights/1']);
    expect((await seglog(['verify', target, '--deep'])).code).toBe(0);
  });

  test('a salvaging export steps over damage, says what it left out, and is imported without damage', async () => {
    const { image } = await knownStore();
    const file = fileLike(image, /orders.*\/0{20}-.*\.log$/);
    const root = await directoryOf(image);
    const slash = file.lastIndexOf('/');
    const middle = Math.floor((image.get(file)?.length ?? 0) / 2);
    const fault = { kind: 'flip-bit', name: file.slice(slash + 1), bit: middle * 8 } as const;
    await damageStore(root, { path: file.slice(0, slash), fault });
    await damageStore(root, {
      path: fileLike(image, /flights.*\/1\/CURRENT$/).slice(0, -'/CURRENT'.length),
      fault: { kind: 'missing', name: 'CURRENT' },
    });
    const source = await storeOnDisk(root);
    const before = fingerprint(source);
    const plain = await seglog(['export', source]);
    expect([plain.code, plain.err.includes('next: ')]).toEqual([4, true]);
    const salvaged = await seglog(['export', source, '--salvage']);
    expect(salvaged.code).toBe(1);
    expect(salvaged.err).toMatch(/^orders\/0: offsets \d+ to \d+ are damaged, and left out\n$/);
    expect(fingerprint(source)).toBe(before);
    const whole = await seglog(['export', await storeOnDisk(await directoryOf(image)), '--salvage']);
    expect([whole.code, whole.err]).toEqual([0, '']);
    const [, from = '', to = ''] = /offsets (\d+) to (\d+)/.exec(salvaged.err) ?? [];
    expect(recordsIn(salvaged.out)).toBe(recordsIn(whole.out) - (Number(to) - Number(from) + 1));
    const target = freshPath();
    expect((await seglog(['import', target, '--write'], { input: salvaged.out })).code).toBe(0);
    expect((await seglog(['verify', target, '--deep'])).code).toBe(0);
    expect((await seglog(['export', target])).out).toContain(
      `"gaps":[{"from":${from},"to":${Number(to) + 1}}]`,
    );
  });

  test('is refused where a topic of the name is, or something that is no store, before anything is written', async () => {
    const source = await storeOnDisk(await directoryOf((await knownStore()).image));
    const input = (await seglog(['export', source])).out;
    const before = fingerprint(source);
    const again = await seglog(['import', source], { input });
    expect(again).toMatchObject({ code: 4, out: '' });
    expect(again.err).toContain('there is a topic of that name');
    for (const place of [join(source, 'topics'), join(source, 'SESSION')])
      expect(await seglog(['import', place, '--write'], { input })).toMatchObject({ code: 3, out: '' });
    expect(fingerprint(source)).toBe(before);
  });

  test.each([
    ['nothing at all', ''],
    ['another program', '{"hello":1}\n'],
    ['no JSON', 'hello\n'],
    [
      'offsets that fall',
      '{"type":"seglog-export","version":1,"topics":1}\n{"type":"topic","name":"t","partitions":1,"config":{}}\n{"type":"partition","partition":0,"logStart":5,"logEnd":9,"gaps":[]}\n{"type":"record","offset":4,"timestampMs":1,"key":null,"value":null,"headers":[]}\n',
    ],
  ])('%s is refused before anything is written', async (_, input) => {
    const target = freshPath();
    const run = await seglog(['import', target], { input });
    expect(run).toMatchObject({ code: 4, out: '' });
    expect((await seglog(['stat', target])).code).toBe(3);
  });
});

describe('a restored log', () => {
  test('has the records that it was given at their offsets, over many segments, and goes on from there', async () => {
    const directory = new MemoryDirectory();
    const records: StoredRecord[] = Array.from({ length: 300 }, (_, i) => ({
      offset: 1_000_000_000 + i * 3,
      timestampMs: i,
      key: i % 5 === 0 ? null : Uint8Array.of(i % 256),
      value: i % 7 === 0 ? null : new Uint8Array(i),
      headers: i % 2 === 0 ? [] : [{ name: 'h', value: new Uint8Array(0) }],
    }));
    const logEnd = 1_000_001_000;
    async function* batches(): AsyncGenerator<readonly StoredRecord[]> {
      for (let at = 0; at < records.length; at += 7) yield records.slice(at, at + 7);
    }
    const settings = { maxSegmentBytes: 4096 };
    const components = defaultComponents(directory, undefined);
    await restoreLog(components, settings, { logStart: 1_000_000_000, logEnd, gaps: [], batches: batches() });
    const report = await checkStore(directory, knownFormats());
    expect(report.findings.filter(isAlarm)).toEqual([]);
    expect(report.segments).toBeGreaterThan(5);
    const log = new Log(components, settings);
    expect(await log.open()).toMatchObject({ scannedBytes: 0 });
    expect((await log.read(1_000_000_000, { maxRecords: 1000, maxBytes: 1e6 })).records).toEqual(records);
    expect((await log.append([{ value: null }])).baseOffset).toBe(logEnd);
    await log.close();
  });

  test('refuses offsets that do not ascend', async () => {
    const restoring = restoreLog(
      defaultComponents(new MemoryDirectory(), undefined),
      {},
      { logStart: 0, logEnd: 9, gaps: [], batches: twice() },
    );
    await expect(restoring).rejects.toThrow(RangeError);
  });
});

async function* twice(): AsyncGenerator<readonly StoredRecord[]> {
  const record = { offset: 3, timestampMs: 0, key: null, value: null, headers: [] };
  yield [record, record];
}
