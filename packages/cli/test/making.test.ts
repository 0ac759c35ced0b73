import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Cursors } from '@seglog/consumer';
import { MemoryDirectory } from '@seglog/core';
import { directoryOf } from '@seglog/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openWriter } from '../src/place/open-writer.js';
import { VERSION } from '../src/version.js';
import { fingerprint, freshPath, removeStores, seglog, storeOnDisk } from './run-cli.js';
import { knownStore } from './stores/known-store.js';

afterAll(removeStores);

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

describe('new', () => {
  const home = mkdtempSync(join(tmpdir(), 'seglog-new-'));
  afterAll(() => rmSync(home, { recursive: true, force: true }));
  // Packages are found as in the workspace, from their builds.
  beforeAll(() => symlinkSync(join(ROOT, 'node_modules'), join(home, 'node_modules')));

  test.each(['codec', 'index', 'reader', 'disk'])(
    'makes a package with a %s that passes its exam at once',
    async (part) => {
      const folder = join(home, `my-${part}`);
      const dry = await seglog(['new', folder, '--part', part]);
      expect([dry.code, dry.out.includes('nothing was written')]).toEqual([0, true]);
      expect((await seglog(['new', folder, '--part', part, '--write'])).code).toBe(0);
      const { status, stdout } = spawnSync(process.execPath, ['--test'], {
        cwd: folder,
        encoding: 'utf8',
        timeout: 60_000,
      });
      expect(status, stdout).toBe(0);
      expect(Number(/^# pass (\d+)$/m.exec(stdout)?.[1])).toBeGreaterThan(5);
      expect(await seglog(['new', folder, '--part', part, '--write'])).toMatchObject({ code: 4, out: '' });
    },
  );

  test('takes names of packages and parts that there are', async () => {
    expect((await seglog(['new', join(home, 'Not A Name')])).code).toBe(2);
    expect((await seglog(['new', join(home, 'x'), '--part', 'engine'])).code).toBe(2);
  });

  test('asks for the version of this package', () => {
    expect(JSON.parse(readFileSync(join(ROOT, 'packages/cli/package.json'), 'utf8')).version).toBe(VERSION);
  });
});

describe('doctor', () => {
  test('looks at the machine, tries the medium out when it is told to, and leaves nothing behind', async () => {
    const path = freshPath();
    mkdirSync(path);
    const look = await seglog(['doctor', path]);
    expect(look.out).toMatch(/^ok {4}node: /m);
    expect(look.out).toContain('next: --write tries the medium out');
    const { out } = await seglog(['doctor', path, '--write', '--json']);
    const { probe, advice } = JSON.parse(out);
    expect(probe.syncMs.median).toBeGreaterThan(0);
    expect(probe.lock).toBe('excludes other processes');
    expect(probe.directorySync).toBe('works');
    expect(advice).toMatch(/^(?:always|group)/);
    expect(readdirSync(path)).toEqual([]);
  });

  test('needs a directory', async () => {
    expect((await seglog(['doctor', freshPath()])).code).toBe(3);
  });
});

describe('stat', () => {
  test('draws the segments of each partition to one scale', async () => {
    const path = await storeOnDisk(await directoryOf((await knownStore()).image));
    const before = fingerprint(path);
    const { out } = await seglog(['stat', path, '--map']);
    const bars = out.split('\n').filter((line) => /^\S+ +[=#.>|]+$/.test(line));
    expect(bars).toHaveLength(3);
    const lengths = bars.map((bar) => (bar.match(/[=>]/g) ?? []).length);
    expect(lengths[0]).toBeGreaterThan((lengths[2] ?? 0) * 1.5);
    for (const bar of bars) expect(bar.length).toBeLessThanOrEqual(100);
    expect(fingerprint(path)).toBe(before);
  });

  test('shows how far groups of readers have come, and what of a compacting topic was never compacted', async () => {
    const medium = new MemoryDirectory();
    const writer = await openWriter(medium);
    const { topics } = writer;
    const flights = await topics.createTopic('flights', { partitions: 1, cleanupPolicy: 'compact' });
    for (let i = 0; i < 9; i += 1) await flights.append({ key: 'k', value: i });
    await (await topics.log('flights', 0)).roll();
    const cursors = await Cursors.open(topics);
    await cursors.commit('billing', 'flights', 0, 3);
    await cursors.commit('billing', 'flights', 0, 4);
    await cursors.close();
    await writer.close();
    const path = await storeOnDisk(medium);
    const { out } = await seglog(['stat', path]);
    expect(out).toMatch(/^billing +flights\/0 +4 +5$/m);
    expect(out).toMatch(/^flights\/0 .* 1\.00 +clean$/m);
  });
});
