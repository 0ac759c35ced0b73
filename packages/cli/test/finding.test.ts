import { PreadDirectory } from '@seglog/fs-pread';
import { damageStore, directoryOf } from '@seglog/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openWriter } from '../src/place/open-writer.js';
import { fileLike, fingerprint, freshPath, removeStores, seglog, storeOnDisk } from './run-cli.js';
import { knownStore } from './stores/known-store.js';

afterAll(removeStores);

let path: string;
beforeAll(async () => {
  path = await storeOnDisk(await directoryOf((await knownStore()).image));
});

describe('find', () => {
  test('finds by offset, by time and by key', async () => {
    const before = fingerprint(path);
    const byOffset = await seglog(['find', path, '--offset', '7', '--log', 'orders/0', '--json']);
    const record = JSON.parse(byOffset.out);
    expect(record).toMatchObject({ log: 'orders/0', offset: 7, key: null, value: null });
    const byTime = await seglog([
      'find',
      path,
      '--time',
      String(record.timestampMs),
      '--log',
      'orders/0',
      '--json',
    ]);
    expect(JSON.parse(byTime.out).timestampMs).toBe(record.timestampMs);
    const byKey = await seglog(['find', path, '--key', 'flig', '--json']);
    expect(
      byKey.out
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line))
        .map(({ log, offset }) => [log, offset]),
    ).toEqual([
      ['flights/0', 119],
      ['flights/1', 119],
    ]);
    expect((await seglog(['find', path, '--key', 'flig'])).out).toMatch(
      /^flights\/0 119 .* "flig" "flights 1 29 x+"$/m,
    );
    expect(fingerprint(path)).toBe(before);
  });

  test('exits with 1 when there is none, and with 2 when it is not said what to look for', async () => {
    expect(await seglog(['find', path, '--key', 'nobody'])).toMatchObject({ code: 1, out: '' });
    expect(await seglog(['find', path, '--offset', '99999'])).toMatchObject({ code: 1, out: '' });
    expect((await seglog(['find', path])).code).toBe(2);
    expect((await seglog(['find', path, '--offset', '1', '--key', 'x'])).code).toBe(2);
  });
});

describe('tail', () => {
  test('shows the last records', async () => {
    const { out } = await seglog(['tail', path, '--log', 'orders/0', '-n', '3', '--json']);
    expect(
      out
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line).offset),
    ).toEqual([58, 59, 60]);
    expect((await seglog(['tail', path, '-n', '1'])).out.trimEnd().split('\n')).toHaveLength(3);
  });

  test('tells of damage instead of passing over it', async () => {
    const { image } = await knownStore();
    const file = fileLike(image, /orders.*\/0{20}-.*\.log$/);
    const root = await directoryOf(image);
    const slash = file.lastIndexOf('/');
    const fault = { kind: 'flip-bit', name: file.slice(slash + 1), bit: 2000 * 8 } as const;
    await damageStore(root, { path: file.slice(0, slash), fault });
    const damaged = await storeOnDisk(root);
    const run = await seglog(['tail', damaged, '--log', 'orders/0', '-n', '1000']);
    expect([run.code, run.err.includes('a frame is damaged')]).toEqual([4, true]);
    expect((await seglog(['tail', damaged, '--log', 'orders/0', '-n', '3'])).code).toBe(0);
  });

  test('follows a writer, over rolls, and shows each record once', async () => {
    const live = freshPath();
    const disk = new PreadDirectory(live);
    const writer = await openWriter(disk, { settings: { maxSegmentBytes: 4096 } });
    const topic = await writer.topics.createTopic('t', { partitions: 1 });
    await topic.append({ key: 'before', value: 0 });
    const stop = new AbortController();
    const following = seglog(['tail', live, '-f', '-n', '1000', '--json'], { signal: stop.signal });
    for (let i = 1; i <= 200; i += 1) {
      await topic.append({ key: `k${i}`, value: 'x'.repeat(100) });
      if (i % 70 === 0) await new Promise((resolve) => setTimeout(resolve, 250));
    }
    await new Promise((resolve) => setTimeout(resolve, 600));
    stop.abort();
    const { code, out } = await following;
    await writer.close();
    await disk.close();
    expect(code).toBe(0);
    const offsets = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).offset);
    expect(offsets).toEqual(Array.from({ length: 201 }, (_, offset) => offset));
  });
});
