import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { MemoryDirectory } from '@seglog/core';
import { PreadDirectory } from '@seglog/fs-pread';
import { damageStore, directoryOf, readImage, type StoreFault, type StoreImage } from '@seglog/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openWriter } from '../src/place/open-writer.js';
import { fileLike, fingerprint, freshPath, removeStores, seglog, storeOnDisk } from './run-cli.js';
import { makeWal } from './stores/make-wal.js';

afterAll(removeStores);

/** Writes that only the write-ahead log has: as many as there are appends after the first image. */
const LATER = 12;

let before: StoreImage;
/** What a power cut left: the partitions as they were, and the write-ahead log with all that came after. */
let killed: StoreImage;
/** An export of the store with everything in it. */
let whole: string;

beforeAll(async () => {
  const medium = new MemoryDirectory();
  await makeWal(medium);
  const writer = await openWriter(medium, { settings: { preallocateBytes: 0, watermarkDelayMs: 0 } });
  const topic = await writer.topics.createTopic('t', { partitions: 2 });
  await topic.append({ key: 'first', value: 0, partition: 0 });
  await topic.append({ key: 'first', value: 0, partition: 1 });
  // Acknowledged is what the write-ahead log has; the partitions follow, at a checkpoint at the latest.
  await writer.ahead?.checkpoint();
  before = await readImage(medium);
  for (let i = 0; i < LATER; i += 1) await topic.append({ key: `k${i}`, value: i, partition: i % 2 });
  const after = await readImage(medium);
  killed = new Map([
    ...[...before].filter(([file]) => !file.startsWith('wal/')),
    ...[...after].filter(([file]) => file.startsWith('wal/')),
  ]);
  await writer.close();
  whole = recordsOf((await seglog(['export', await storeOnDisk(medium)])).out);
});

const recordsOf = (text: string): string => text.slice(text.indexOf('\n'));

async function placed(image: StoreImage, fault?: StoreFault): Promise<string> {
  const root = await directoryOf(image);
  if (fault !== undefined) await damageStore(root, fault);
  return storeOnDisk(root);
}

/** A bit in the middle of the records of the write-ahead log. */
function flipped(image: StoreImage): StoreFault {
  const file = fileLike(image, /^wal\/.*\.log$/);
  const bit = Math.floor((image.get(file)?.length ?? 0) / 2) * 8;
  return { path: 'wal', fault: { kind: 'flip-bit', name: file.slice('wal/'.length), bit } };
}

describe('writes that only the write-ahead log has', () => {
  test('are shown by plan, and brought to their partitions by repair', async () => {
    const path = await placed(killed);
    const untouched = fingerprint(path);
    const planned = await seglog(['plan', path]);
    expect(planned).toMatchObject({ code: 0, err: '' });
    expect(planned.out).toContain(`${LATER} writes that only the write-ahead log has`);
    expect((await seglog(['repair', path])).code).toBe(0);
    expect(fingerprint(path)).toBe(untouched);
    const { code, out } = await seglog(['repair', path, '--write']);
    expect([code, out.includes(`${LATER} writes that only the write-ahead log has`)]).toEqual([0, true]);
    expect(recordsOf((await seglog(['export', path])).out)).toBe(whole);
    expect((await seglog(['verify', path, '--deep'])).code).toBe(0);
    expect((await seglog(['plan', path])).out).toContain('nothing to replay');
  });

  test('are replayed by an import before its topics are made', async () => {
    const path = await placed(killed);
    const { out } = await seglog(['export', await placed(before)]);
    const imported = out.replace('"name":"t"', '"name":"other"');
    expect(await seglog(['import', path, '--write'], { input: imported })).toMatchObject({
      code: 0,
      err: '',
    });
    const lines = (await seglog(['export', path, '--topic', 't'])).out;
    expect(recordsOf(lines)).toBe(whole);
    const other = (await seglog(['export', path, '--topic', 'other'])).out;
    expect(recordsOf(other.replace('"name":"other"', '"name":"t"'))).toBe(recordsOf(out));
    expect((await seglog(['verify', path, '--deep'])).code).toBe(0);
  });

  test('wait for a partition that cannot be opened', async () => {
    const file = fileLike(killed, /^topics\/.*\/0\/\d+-.*\.log$/);
    const name = file.slice(file.lastIndexOf('/') + 1);
    const path = await placed(killed, {
      path: file.slice(0, file.lastIndexOf('/')),
      fault: { kind: 'missing', name },
    });
    const { code, out } = await seglog(['repair', path, '--write']);
    expect([code, out.includes(`${LATER / 2} writes of partitions that cannot be opened`)]).toEqual([
      1,
      true,
    ]);
    expect((await seglog(['plan', path])).out).toContain('they stay in the write-ahead log');
    const salvaged = await seglog(['repair', path, '--salvage', '--write']);
    expect(salvaged).toMatchObject({ code: 0, err: '' });
    // The record before them is lost with its file, and nothing is put where it belongs.
    expect(salvaged.out).toContain(`${LATER / 2} writes that no partition can take: kept in wal-unapplied/`);
    const kept = await seglog(['stat', path]);
    expect(kept.out).toMatch(new RegExp(`^wal-unapplied +${LATER / 2} `, 'm'));
  });

  test('are kept aside when no topic is there for them', async () => {
    const image = new Map([...killed].filter(([file]) => !/^(?:catalog|topics)\//.test(file)));
    const path = await placed(image);
    const { code, out } = await seglog(['repair', path, '--write']);
    expect([code, out.includes('kept in wal-unapplied/')]).toEqual([0, true]);
    expect(existsSync(join(path, 'wal-unapplied', 'CURRENT'))).toBe(true);
  });
});

describe('a damaged write-ahead log', () => {
  test('is named by plan and refused by repair, until its salvage keeps a copy of it', async () => {
    const path = await placed(killed, flipped(killed));
    expect((await seglog(['verify', path, '--deep'])).out).toMatch(/^damage {3}wal\/\d+-.*\.log byte \d+/m);
    const planned = await seglog(['plan', path]);
    expect([planned.code, planned.out.includes('at risk is every write that stands in it')]).toEqual([
      1,
      true,
    ]);
    expect(planned.out).toMatch(/with --salvage: \d+ writes that only the write-ahead log has/);
    const disk = new PreadDirectory(path);
    const wal = await readImage(await disk.directory('wal', { create: false }));
    expect(await seglog(['repair', path, '--write'])).toMatchObject({ code: 4, out: '' });
    expect(await readImage(await disk.directory('wal', { create: false }))).toEqual(wal);
    const { code, out } = await seglog(['repair', path, '--salvage', '--write']);
    expect([code, out.includes('was copied to quarantine/wal-1')]).toEqual([0, true]);
    const quarantine = await disk.directory('quarantine', { create: false });
    expect(await readImage(await quarantine.directory('wal-1', { create: false }))).toEqual(wal);
    await disk.close();
    expect((await seglog(['verify', path, '--deep'])).code).toBe(0);
    expect((await seglog(['plan', path])).code).toBe(0);
  });

  test('gives each write to its partition, or to the writes that no partition can take', async () => {
    const path = await placed(killed, flipped(killed));
    const { replay } = JSON.parse((await seglog(['repair', path, '--salvage', '--write', '--json'])).out);
    const lost = replay.gaps.reduce(
      (sum: number, { from, to }: { from: number; to: number }) => sum + to - from,
      0,
    );
    expect(lost).toBeGreaterThan(0);
    expect(replay.applied + replay.skipped + replay.quarantined + lost).toBe(LATER);
    expect(existsSync(join(path, 'wal-unapplied'))).toBe(replay.quarantined > 0);
  });
});

/** Without its topics, so that a repair keeps their records aside; then with them, as they were. */
async function keptAside(): Promise<string> {
  const aside = await placed(new Map([...killed].filter(([file]) => !/^(?:catalog|topics)\//.test(file))));
  expect((await seglog(['repair', aside, '--write'])).code).toBe(0);
  const disk = new PreadDirectory(aside);
  const image = await readImage(disk);
  await disk.close();
  const topics = [...before].filter(([file]) => /^(?:catalog|topics)\//.test(file));
  const rest = [...image].filter(([file]) => !/^(?:catalog|topics)\//.test(file));
  return placed(new Map([...rest, ...topics]));
}

describe('records that no partition could take', () => {
  test('come back where they belong once their topics are there', async () => {
    const path = await keptAside();
    const untouched = fingerprint(path);
    const planned = await seglog(['repair', path, '--unapplied']);
    expect(planned).toMatchObject({ code: 0, err: '' });
    expect(planned.out).toContain(`${LATER} records brought to the partitions that lack them`);
    expect(fingerprint(path)).toBe(untouched);
    const { code, out } = await seglog(['repair', path, '--unapplied', '--write']);
    expect([code, out.includes(`${LATER} records brought`)]).toEqual([0, true]);
    expect(recordsOf((await seglog(['export', path])).out)).toBe(whole);
    expect((await seglog(['repair', path, '--unapplied', '--write'])).out).toContain('holds no record');
    expect((await seglog(['verify', path, '--deep'])).code).toBe(0);
  });

  test('stay where they are when something else is in their place', async () => {
    const path = await keptAside();
    const disk = new PreadDirectory(path);
    const writer = await openWriter(disk);
    await writer.topics.topic('t').append({ key: 'other', value: 1, partition: 0 });
    await writer.close();
    const { code, out } = await seglog(['repair', path, '--unapplied', '--write', '--json']);
    await disk.close();
    const { applied, there, kept } = JSON.parse(out);
    expect([code, applied, there]).toEqual([1, LATER / 2, 0]);
    expect(new Set(kept.map(({ why }: { why: string }) => why))).toEqual(
      new Set(['other records are in their place', 'records before them are missing']),
    );
    const again = JSON.parse((await seglog(['repair', path, '--unapplied', '--write', '--json'])).out);
    expect(again).toMatchObject({ applied: 0, kept });
    expect((await seglog(['verify', path, '--deep'])).code).toBe(0);
  });

  test('stay where they are while their topics are gone, and where nothing was kept nothing is done', async () => {
    const path = await placed(new Map([...killed].filter(([file]) => !/^(?:catalog|topics)\//.test(file))));
    expect((await seglog(['repair', path, '--unapplied'])).out).toContain('nothing was kept aside');
    await seglog(['repair', path, '--write']);
    const { code, out } = await seglog(['repair', path, '--unapplied', '--write']);
    expect([code, out.match(/kept, no such partition/g)?.length]).toEqual([1, LATER]);
  });
});

describe('a write-ahead log that is gone', () => {
  test('is named by verify and plan, refused by repair, and given up by its salvage', async () => {
    const path = await placed(new Map([...killed].filter(([file]) => !file.startsWith('wal/'))));
    expect((await seglog(['verify', path])).out).toMatch(/^damage {3}wal: there was a write-ahead log/m);
    const untouched = fingerprint(path);
    const planned = await seglog(['plan', path]);
    expect([planned.code, planned.out.includes('the write-ahead log is missing')]).toEqual([1, true]);
    expect(fingerprint(path)).toBe(untouched);
    expect(await seglog(['repair', path, '--write'])).toMatchObject({ code: 4, out: '' });
    const { code, out } = await seglog(['repair', path, '--salvage', '--write']);
    expect([code, out.includes('the write-ahead log is gone')]).toEqual([0, true]);
    expect((await seglog(['verify', path, '--deep'])).code).toBe(0);
    expect((await seglog(['repair', path, '--write'])).code).toBe(0);
  });
});

test('a store with a write-ahead log comes out of its export as it was', async () => {
  const path = await placed(killed);
  await seglog(['repair', path, '--write']);
  const { out } = await seglog(['export', path]);
  const copy = freshPath();
  expect((await seglog(['import', copy, '--write'], { input: out })).code).toBe(0);
  expect((await seglog(['export', copy])).out).toBe(out);
});
