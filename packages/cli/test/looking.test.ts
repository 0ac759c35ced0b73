import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  batchFrameCodec,
  defaultComponents,
  type FrameCodec,
  knownFormats,
  Log,
  MemoryDirectory,
} from '@seglog/core';
import { damageStore, directoryOf, type MediaFault, type StoreImage } from '@seglog/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commands } from '../src/command/commands.js';
import { rehearse } from '../src/place/rehearsal.js';
import { VERSION } from '../src/version.js';
import { fileLike, freshPath, removeStores, seglog, storeOnDisk } from './run-cli.js';
import { type KnownStore, knownStore } from './stores/known-store.js';
import { RandomStore } from './stores/random-store.js';

afterAll(removeStores);

let known: KnownStore;
let healthy: string;
beforeAll(async () => {
  known = await knownStore();
  healthy = await storeOnDisk(await directoryOf(known.image));
});

type FaultHere<F = MediaFault> = F extends MediaFault ? Omit<F, 'name'> : never;

async function damaged(
  image: StoreImage,
  pattern: RegExp,
  fault: FaultHere,
): Promise<{ path: string; file: string }> {
  const file = fileLike(image, pattern);
  const root = await directoryOf(image);
  const at = file.lastIndexOf('/');
  await damageStore(root, {
    path: file.slice(0, at),
    fault: { ...fault, name: file.slice(at + 1) },
  });
  return { path: await storeOnDisk(root), file };
}

describe('stat', () => {
  test('lists every partition with its marks, for people and for programs', async () => {
    const { code, out } = await seglog(['stat', healthy]);
    expect(code).toBe(0);
    expect(out).toContain('2 topics, 3 partitions');
    expect(out).toMatch(/^flights\/0 +122 +0 +122 +122 +\d+ .* clean$/m);
    const json = JSON.parse((await seglog(['stat', healthy, '--json'])).out);
    expect(json.logs.map((log: { name: string }) => log.name)).toEqual([
      'flights/0',
      'flights/1',
      'orders/0',
    ]);
    expect(json.logs[0].offsets).toEqual({ logStart: 0, highWatermark: 122, durable: 122, logEnd: 122 });
    expect(json.logs[0].segments.length).toBeGreaterThan(2);
    expect(json.session.clean).toBe(true);
  });

  test('names what cannot be opened, and exits with 1', async () => {
    const { path } = await damaged(known.image, /orders.*MANIFEST-1$/, {
      kind: 'zero',
      position: 0,
      bytes: 64,
    });
    const { code, out } = await seglog(['stat', path]);
    expect(code).toBe(1);
    expect(out).toMatch(/^orders\/0 .* CORRUPT_METADATA$/m);
    expect(out).toContain('next: seglog verify');
  });

  test('shows one partition by its own directory', async () => {
    const file = fileLike(known.image, /orders.*CURRENT$/);
    const { code, out } = await seglog(['stat', join(healthy, file, '..')]);
    expect([code, out.includes('log ')]).toEqual([0, true]);
  });
});

describe('verify', () => {
  test('says that a healthy store is whole', async () => {
    expect((await seglog(['verify', healthy])).out).toContain('no damage');
    const { code, out } = await seglog(['verify', healthy, '--deep', '--json']);
    const report = JSON.parse(out);
    expect(code).toBe(0);
    expect(report).toMatchObject({ healthy: true, deep: true, logs: 3, records: 122 * 2 + 61 });
  });

  test('names damage in words, with file and byte, and what to do', async () => {
    const { path, file } = await damaged(known.image, /flights.*\/0\/0{20}-.*\.log$/, {
      kind: 'flip-bit',
      bit: 8 * 300,
    });
    const { code, out } = await seglog(['verify', path, '--deep']);
    expect(code).toBe(1);
    expect(out).toMatch(
      new RegExp(`^damage +${file} byte \\d+: the .* there .*, in offsets \\d+ to \\d+$`, 'm'),
    );
    expect(out).toContain('next: seglog plan');
  });

  test('tells a damaged index from damaged records', async () => {
    const { path } = await damaged(known.image, /flights.*\/0\/0{20}-.*\.idx$/, {
      kind: 'flip-bit',
      bit: 400,
    });
    const { code, out } = await seglog(['verify', path]);
    expect([code, /^derived .*idx byte 0: the index is not believed/m.test(out)]).toEqual([1, true]);
    expect(out).toContain('nothing is lost');
  });

  test('colours what a person reads, and draws no bar where nobody looks', async () => {
    const { path } = await damaged(known.image, /orders.*\.log$/, { kind: 'truncate', sizeBytes: 100 });
    const plain = await seglog(['verify', path]);
    const coloured = await seglog(['verify', path], { colors: true });
    expect(plain.out.includes('\u001b')).toBe(false);
    expect(coloured.out).toContain('\u001b[31mdamage');
    expect(plain.err + coloured.err).toBe('');
  });
});

describe('plan', () => {
  test('has nothing to do for a store that was closed', async () => {
    const { code, out } = await seglog(['plan', healthy]);
    expect([code, out.startsWith('3 logs with nothing to do\n0 B at risk\n')]).toEqual([0, true]);
    expect(out).toContain('seglog verify --deep reads everything');
  });

  test('says what opening does: the very report that opening gives', async () => {
    for (const fault of [
      { kind: 'extend', bytes: 700, garbage: true },
      { kind: 'extend', bytes: 700 },
    ] as const) {
      const file = fileLike(known.image, /orders.*\/0{17}0[1-9].*\.log$/);
      const image = new Map(
        [...known.image].filter(([path]) => path.startsWith(file.slice(0, file.lastIndexOf('/')))),
      );
      const active = [...image.keys()].filter((path) => path.endsWith('.log')).at(-1) ?? '';
      const home = active.slice(0, active.lastIndexOf('/'));
      const root = await directoryOf(
        new Map([...image].map(([path, bytes]) => [path.slice(home.length + 1), bytes])),
      );
      await damageStore(root, { path: '', fault: { ...fault, name: active.slice(home.length + 1) } });
      const planned = await rehearse(root, knownFormats());
      const log = new Log(defaultComponents(root, undefined));
      const { durationMs: _, ...report } = await log.open();
      await log.close();
      expect(planned).toMatchObject({ opens: true, report });
      expect(report.truncated?.bytes).toBe(700);
    }
  });

  test('counts bytes at risk, and names the ways to go on where opening refuses', async () => {
    const { path } = await damaged(known.image, /orders.*\/0{20}-.*\.log$/, { kind: 'missing' });
    const { code, out } = await seglog(['plan', path]);
    expect(code).toBe(1);
    expect(out).toContain(
      'orders/0\n  refuses to open, and changes nothing: a segment that the manifest names is not there',
    );
    expect(out).toMatch(
      /with onCorruption 'salvage': opens up to offset 61, without \d+ records \(offsets 0 to \d+\)/,
    );
    const json = JSON.parse((await seglog(['plan', path, '--json'])).out);
    expect(json).toMatchObject({ opens: false, bytesAtRisk: 0 });
  });
});

describe('dump', () => {
  test('shows records that a filter asks for, escaped', async () => {
    const { out } = await seglog(['dump', healthy, '--log', 'orders/0', '--from', '10', '--to', '13']);
    expect(out.split('\n').map((line) => line.split(' ')[0])).toEqual(['10', '11', '12', '']);
    const byKey = await seglog([
      'dump',
      healthy,
      '--log',
      'orders/0',
      '--key',
      'orde',
      '--limit',
      '1',
      '--json',
    ]);
    expect(JSON.parse(byKey.out)).toMatchObject({ type: 'record', offset: 0, key: 'orde' });
  });

  test('every file of a store is shown in the way that it asks for', async () => {
    const shown: Readonly<Record<string, RegExp>> = {
      'MANIFEST-1': /edit 1, crc ok.*"create"/,
      'CATALOG-1': /edit 1, crc ok/,
      CURRENT: /a line of text/,
      SESSION: /two slots, 0 of them not readable/,
      '\\.idx': /an index of \d+ entries, crc ok/,
      '\\.log': /frame, crc ok: offsets 0 to 1, 2 records \(1 tombstones\)/,
      '\\.producers': /"version\\":1/,
    };
    for (const [name, expected] of Object.entries(shown)) {
      const file = fileLike(known.image, new RegExp(`(?:^|/)${name}$|\\/0{20}.*${name}$|${name}$`));
      expect((await seglog(['dump', join(healthy, file)])).out, file).toMatch(expected);
    }
  });

  test('names the bytes of headers, footers and frames', async () => {
    const file = fileLike(known.image, /orders.*\/0{20}-.*\.log$/);
    const { out } = await seglog(['dump', join(healthy, file), '--show', 'bytes']);
    const bytes = known.image.get(file) ?? new Uint8Array();
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    expect(out).toContain(`[64, 68)             salt               ${view.getUint32(64)}`);
    expect(out).toContain(`[128, 132)           magic              f5534c42`);
    expect(out).toMatch(new RegExp(`\\[${bytes.length - 36}, ${bytes.length - 35}\\) +reason +size`));
  });

  test('goes on behind damage, shows where it lies, and exits with 1', async () => {
    const { path, file } = await damaged(known.image, /orders.*\/0{20}-.*\.log$/, {
      kind: 'garbage',
      position: 400,
      bytes: 40,
    });
    const { code, out } = await seglog(['dump', join(path, file), '--json']);
    const items: { type: string; position: number; bytes: number }[] = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(code).toBe(1);
    expect(items.filter(({ type }) => type === 'bad')).toHaveLength(1);
    const frames = items.filter(({ type }) => type === 'frame' || type === 'bad');
    const healthyItems = (await seglog(['dump', join(healthy, file), '--json'])).out.trimEnd().split('\n');
    expect(frames.reduce((total, { bytes }) => total + bytes, 0)).toBe(
      healthyItems
        .map((line) => JSON.parse(line))
        .reduce((total, item) => total + (item.type === 'frame' ? item.bytes : 0), 0),
    );
  });

  test('bytes of records never reach a terminal as they are', async () => {
    const everyByte = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    const controls = new TextEncoder().encode('\u001b[31m\u0007\u009b\u202e"\\');
    const records = [
      { key: everyByte, value: controls },
      { key: controls, value: everyByte, headers: [{ name: '\u001b]0;title\u0007', value: controls }] },
    ];
    const store = new RandomStore();
    await store.live([{ do: 'append', topic: 0, partition: 0, batches: [records] }]);
    await store.close();
    const { out } = await seglog(['dump', await storeOnDisk(store.directory)]);
    expect(out.split('\n')).toHaveLength(3);
    expect(/[\p{Cc}\p{Cf}]/u.test(out.replaceAll('\n', ''))).toBe(false);
  });
});

describe("a codec of one's own", () => {
  test('is told to every command that reads records, as a module; without it nothing is called damage', async () => {
    const medium = new MemoryDirectory();
    const inner = batchFrameCodec();
    const codec: FrameCodec = {
      ...inner,
      id: 201,
      name: 'mine',
      forSegment: (context) => inner.forSegment(context),
    };
    const log = new Log({ ...defaultComponents(medium, undefined), codec });
    await log.open();
    await log.append([{ value: Uint8Array.of(65) }]);
    await log.close();
    const path = await storeOnDisk(medium);
    const module = join(path, '..', 'codec.mjs');
    const core = import.meta.resolve('@seglog/core');
    writeFileSync(
      module,
      `import { batchFrameCodec } from '${core}';
       const { name, guarantees, maxRecordsPerFrame } = batchFrameCodec();
       export const mine = { id: 201, name, guarantees, maxRecordsPerFrame, forSegment: (context) => batchFrameCodec().forSegment(context) };
       export const other = 3;`,
    );
    const without = await seglog(['verify', path, '--deep']);
    expect([without.code, without.out.includes('unknown codec 201')]).toEqual([5, true]);
    expect(without.out).toMatch(/^no damage found; 1 segment could not be checked$/m);
    const asked = await seglog(['verify', path, '--json']);
    expect(JSON.parse(asked.out)).toMatchObject({ healthy: false, verdict: 'unknown' });
    expect((await seglog(['find', path, '--offset', '0'])).err).toContain('--codec names the module');
    for (const words of [
      ['stat', path],
      ['plan', path],
      ['find', path, '--offset', '0'],
      ['tail', path],
    ]) {
      expect(await seglog([...words, '--codec', module])).toMatchObject({ code: 0, err: '' });
    }
    expect((await seglog(['verify', path, '--deep', '--codec', module])).out).toContain('no damage');
    expect((await seglog(['dump', path, '--codec', module])).out).toMatch(/^0 .* null "A"$/m);
    expect((await seglog(['verify', path, '--codec', join(path, 'CURRENT')])).code).toBe(2);
  });
});

describe('whatever is asked', () => {
  test.each([
    [['dump', 'STORE', '--from', 'x'], 2, '--from takes a number'],
    [['dump', 'STORE', '--show', 'all'], 2, '--show takes one of'],
    [['dump', 'STORE', '--since', 'yesterday'], 2, '--since takes'],
    [['dump', 'STORE', '--log', 'nothing/0'], 1, 'there is no log nothing/0'],
    [['nonsense'], 2, 'unknown command'],
    [['stat'], 2, 'missing required argument'],
    [['stat', ''], 2, 'the path of the directory is empty'],
    [['repair', '', '--write'], 2, 'the path of the directory is empty'],
    [['import', '', '--write'], 2, 'the path of the directory is empty'],
    [['stat', 'STORE', '--nonsense'], 2, 'unknown option'],
  ])('%j is refused with the code %i and words', async (words, code, said) => {
    const run = await seglog(words.map((word) => (word === 'STORE' ? healthy : word)));
    expect(run).toMatchObject({ code, out: '' });
    expect(run.err).toContain(said);
  });

  test('with --json a refusal is JSON, too', async () => {
    const { code, err } = await seglog(['stat', freshPath(), '--json']);
    expect(code).toBe(3);
    expect(JSON.parse(err)).toMatchObject({ error: { code: 'NO_STORE' } });
  });

  test('the version is told', async () => {
    expect(await seglog(['--version'])).toMatchObject({ code: 0, out: `${VERSION}\n` });
  });

  test('every command explains itself with an example', async () => {
    const { out } = await seglog(['--help']);
    for (const { name: whole } of commands()) {
      const [name = ''] = whole.split(' ');
      expect(out).toContain(`  ${name} `);
      const help = await seglog([...whole.split(' '), '--help']);
      expect(help).toMatchObject({ code: 0, err: '' });
      expect(help.out).toMatch(/\nExample:\n {2}seglog \w/);
    }
  });
});
