import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { ContainerModule } from 'inversify';
import { afterEach, beforeEach, describe, expect, type TestContext, test } from 'vitest';
import {
  batchFrameCodec,
  codecModule,
  crc32c,
  type Engine,
  type EngineSettings,
  type FrameCodec,
  openEngine,
  preadModule,
  SeglogError,
  type Topic,
} from '../src/index.js';
import { type Expected, expectFailure, expectUsable, pictureOf } from './bad-input-world.js';

const OPENER = fileURLToPath(new URL('children/opener.mjs', import.meta.url));
let home: string;
let root: string;
const opened: Engine[] = [];

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'seglog-disk-'));
  root = join(home, 'data');
});
afterEach(async () => {
  for (const engine of opened.splice(0)) await engine.close().catch(() => undefined);
  spawnSync('umount', ['-l', root], { stdio: 'ignore' });
  rmSync(home, { recursive: true, force: true });
});

async function open(options: { readOnly?: boolean; settings?: EngineSettings } = {}): Promise<Engine> {
  const engine = await openEngine({ modules: [preadModule(root)], ...options });
  opened.push(engine);
  return engine;
}

/** A data root with the topic `safe` and two segments of records, closed cleanly; with the folder of its partition. */
async function fill(modules: readonly ContainerModule[] = []): Promise<string> {
  const engine = await openEngine({ modules: [preadModule(root), ...modules] });
  const topic = await engine.createTopic<number>('safe', { partitions: 1 });
  await topic.append([{ value: 0 }, { value: 1 }]);
  await (await topic.partition(0)).roll();
  await topic.append([{ value: 2 }, { value: 3 }]);
  await engine.close();
  const topics = join(root, 'topics');
  return join(topics, readdirSync(topics)[0] ?? '', '0');
}

const valuesOf = async (topic: Topic<string, number>): Promise<readonly unknown[]> =>
  (await topic.read(0, 0, { isolation: 'uncommitted' })).records.map(({ value }) => value);

const fileIn = (folder: string, pattern: RegExp): string =>
  join(
    folder,
    readdirSync(folder)
      .filter((name) => pattern.test(name))
      .toSorted()[0] ?? 'missing',
  );

describe('a second opener in another process', () => {
  test('is told who holds the data root, and gets it once the holder is dead', async () => {
    await fill();
    const child = spawn(process.execPath, [OPENER, root], { stdio: ['pipe', 'pipe', 'inherit'] });
    const said = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    expect(JSON.parse((await said.next()).value)).toEqual({ code: 'open', topics: ['safe'] });
    const before = pictureOf(root);
    const error = await expectFailure(open, {
      code: 'LOG_LOCKED',
      facts: { pid: child.pid, host: hostname(), sinceMs: expect.any(Number) },
    });
    expect(String(error)).toContain(String(child.pid));
    expect(pictureOf(root)).toEqual(before);
    const looking = await open({ readOnly: true });
    expect(await valuesOf(looking.topic('safe'))).toEqual([0, 1, 2, 3]);
    child.kill('SIGKILL');
    await once(child, 'exit');
    await expectUsable((await open()).topic('safe'));
  });

  test('is refused while this process holds it', async () => {
    await fill();
    const engine = await open();
    const { stdout } = spawnSync(process.execPath, [OPENER, root], { encoding: 'utf8', input: '' });
    expect(JSON.parse(stdout)).toMatchObject({ code: 'LOG_LOCKED', facts: { pid: process.pid } });
    await expectUsable(engine.topic('safe'));
  });
});

/** Makes a header that ends with its checksum say that it is of a newer version, and only for readers of one. */
function makeNewer(path: string, checksumAt: 60 | 124): void {
  const bytes = readFileSync(path);
  bytes.writeUInt16BE(0x7fff, 8);
  if (checksumAt === 124) bytes.writeUInt16BE(0x7fff, 10);
  bytes.writeUInt32BE(crc32c().of(bytes, 0, checksumAt, 0), checksumAt);
  writeFileSync(path, bytes);
}

/** Only the lock, which is taken before anything is looked at, notes who was there. */
async function expectUntouched(call: () => unknown, expected: Expected): Promise<void> {
  const before = pictureOf(root);
  await expectFailure(call, expected);
  expect(pictureOf(root)).toEqual({ ...before, LOCK: expect.any(String) });
}

describe('a newer format is refused, and not a byte of it is changed', () => {
  const newer = { code: 'UNSUPPORTED_FORMAT' } as const;

  test('the session', async () => {
    await fill();
    makeNewerSession(join(root, 'SESSION'));
    await expectUntouched(open, newer);
  });

  test('the catalog, by readers too', async () => {
    await fill();
    makeNewer(fileIn(join(root, 'catalog'), /^CATALOG/), 60);
    await expectUntouched(open, newer);
    await expectUntouched(() => open({ readOnly: true }), newer);
  });

  test('frames of a codec that this engine does not have', async () => {
    const codec = batchFrameCodec();
    const { guarantees, maxRecordsPerFrame } = codec;
    const forSegment: FrameCodec['forSegment'] = (context) => codec.forSegment(context);
    await fill([codecModule({ id: 200, name: 'foreign', guarantees, maxRecordsPerFrame, forSegment })]);
    await expectUntouched(open, { code: 'COMPOSITION', facts: { id: 200, name: 'foreign' } });
  });

  test.each([
    ['a manifest', /^MANIFEST/, 60],
    ['the active segment', /^0{19}2-.*\.log$/, 124],
  ] as const)('%s, and the other topics stay usable', async (_, pattern, checksumAt) => {
    const folder = await fill();
    makeNewer(fileIn(folder, pattern), checksumAt);
    const before = pictureOf(folder);
    const engine = await open();
    const { cause } = (await expectFailure(() => engine.topic('safe').read(0, 0), {
      code: 'TOPIC_OFFLINE',
      facts: { topic: 'safe', partition: 0 },
    })) as SeglogError;
    expect(cause).toMatchObject({ ...newer, facts: expect.objectContaining({ version: 0x7fff }) });
    const other = await engine.createTopic<number>('other', { partitions: 1 });
    await other.append({ value: 0 });
    await expectUsable(other);
    await engine.close();
    expect(pictureOf(folder)).toEqual(before);
  });

  test('a sealed segment, when it is read, and the others stay usable', async () => {
    const folder = await fill();
    const segment = fileIn(folder, /^0{20}-.*\.log$/);
    makeNewer(segment, 124);
    const before = readFileSync(segment);
    const topic = (await open()).topic<number>('safe');
    await expectFailure(() => topic.read(0, 0), { ...newer, facts: { version: 0x7fff } });
    expect((await topic.append({ value: 4 })).offset).toBe(4);
    expect((await topic.read(0, 2)).records.map(({ value }) => value)).toEqual([2, 3, 4]);
    expect(readFileSync(segment)).toEqual(before);
  });
});

/** Both slots say that they are of a newer version. */
function makeNewerSession(path: string): void {
  const bytes = readFileSync(path);
  for (const slot of [0, 4096]) {
    if (bytes.length < slot + 32) continue;
    bytes.writeUInt16BE(0x7fff, slot + 8);
    const payload = bytes.subarray(slot + 32, slot + 32 + bytes.readUInt32BE(slot + 12));
    const sum = crc32c().of(bytes, slot, slot + 28, 0);
    bytes.writeUInt32BE(crc32c().of(payload, 0, payload.length, sum), slot + 28);
  }
  writeFileSync(path, bytes);
}

test('files that are not ours are left alone, and in nobody’s way', async () => {
  const folder = await fill();
  const foreign = [
    'notes.txt',
    'a file with blanks',
    '.hidden',
    'topics/stray-0123456789abcdef/0/readme',
    'topics/loose',
    'catalog/CATALOG-99.bak',
    'wal.old',
  ].map((name) => join(root, name));
  const inside = ['notes.txt', '00000000000000000000.log', 'MANIFEST', '日本', `${'0'.repeat(20)}-xyz.log`];
  foreign.push(...inside.map((name) => join(folder, name)));
  for (const path of foreign) {
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, `not ours: ${path}`);
  }
  const engine = await open();
  const topic = engine.topic<number>('safe');
  expect(await valuesOf(topic)).toEqual([0, 1, 2, 3]);
  await expectUsable(topic);
  await topic.partition(0).then((log) => log.roll());
  await engine.createTopic('another');
  await engine.close();
  for (const path of foreign) expect(readFileSync(path, 'utf8')).toBe(`not ours: ${path}`);
  await expectUsable((await open()).topic('safe'));
});

describe('a link that somebody planted is never followed', () => {
  const rows: readonly (readonly [string, (folder: string) => string])[] = [
    ['the lock', () => join(root, 'LOCK')],
    ['the session', () => join(root, 'SESSION')],
    ['the catalog’s pointer', () => join(root, 'catalog', 'CURRENT')],
    ['the catalog', () => join(root, 'catalog')],
    ['the topics', () => join(root, 'topics')],
    ['a topic', (folder) => join(folder, '..')],
    ['a partition', (folder) => folder],
    ['a manifest', (folder) => fileIn(folder, /^MANIFEST/)],
    ['the manifest’s pointer', (folder) => fileIn(folder, /^CURRENT/)],
    ['a sealed segment', (folder) => fileIn(folder, /^0{20}-.*\.log$/)],
    ['the active segment', (folder) => fileIn(folder, /^0{19}2-.*\.log$/)],
  ];

  test.each(rows)('in the place of %s', async (_, place) => {
    const path = place(await fill());
    const elsewhere = join(home, 'elsewhere');
    renameSync(path, elsewhere);
    symlinkSync(elsewhere, path);
    const before = pictureOf(home);
    const use = async (): Promise<void> => {
      const engine = await open();
      await engine.topic<number>('safe').read(0, 0);
    };
    const error = await use().catch((reason: unknown) => reason);

    expect(error).toMatchObject({ name: 'SeglogError' });
    await opened.pop()?.close();
    const after = pictureOf(home);
    for (const name of Object.keys(before)) {
      if (name.startsWith('elsewhere')) expect(after[name], name).toBe(before[name]);
    }
    rmSync(path);
    renameSync(elsewhere, path);
    await expectUsable((await open()).topic('safe'));
  });

  test('but the data root itself may be one', async () => {
    const elsewhere = join(home, 'elsewhere');
    mkdirSync(elsewhere);
    symlinkSync(elsewhere, root);
    await fill();
    await expectUsable((await open()).topic('safe'));
    expect(readdirSync(elsewhere)).toContain('SESSION');
  });
});

/** A file system of its own in the place of the data root; without the right to mount, the test counts as skipped. */
function mount(context: TestContext, ...options: readonly string[]): void {
  mkdirSync(root, { recursive: true });
  const { status } = spawnSync('mount', ['-t', 'tmpfs', ...options, 'tmpfs', root], { stdio: 'ignore' });
  if (status !== 0) context.skip('file systems cannot be mounted here');
}

/** How a call ends. */
async function codeOf(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => 'no error',
    (error: unknown) => (SeglogError.is(error) ? error.code : String(error)),
  );
}

describe('a disk without room', () => {
  test('refuses appends, keeps what it has, and goes on when there is room', async (context) => {
    mount(context, '-o', 'size=2m');
    const engine = await open({ settings: { maxSegmentBytes: 64 * 1024 } });
    const topic = await engine.createTopic<string>('safe', { partitions: 1 });
    let appended = 0;
    const refusals: unknown[] = [];
    while (refusals.length < 5 && appended < 1000) {
      try {
        await topic.append({ value: `${appended} ${'x'.repeat(5000)}` });
        appended += 1;
      } catch (error) {
        refusals.push(error);
      }
    }
    expect(refusals).toHaveLength(5);
    for (const error of refusals) expect(error).toMatchObject({ code: 'STORAGE_FULL' });
    const full = await topic.read(0, 0, { maxBytes: 2 ** 30, maxRecords: 10_000 });
    expect(full.records.map(({ value }) => Number.parseInt(value ?? '', 10))).toEqual(
      Array.from({ length: appended }, (_, index) => index),
    );
    await expectFailure(() => engine.createTopic('more'), { code: 'STORAGE_FULL' });
    expect(engine.topics().map(({ name }) => name)).toEqual(['safe']);
    spawnSync('mount', ['-o', 'remount,size=8m', root]);
    expect((await topic.append({ value: 'room' })).offset).toBe(appended);
    await engine.createTopic('more');
    await engine.close();
    const again = await open();
    expect((await again.topic('safe').offsets())[0]?.logEnd).toBe(appended + 1);
    expect((await again.recover()).get('safe/0')?.clean).toBe(true);
  });

  test('lets an engine be closed, and opened again', async (context) => {
    mount(context, '-o', 'size=1m');
    const engine = await open();
    const topic = await engine.createTopic<string>('safe', { partitions: 1 });
    await topic.append({ value: 'first' });
    expect(() => writeFileSync(join(root, 'ballast'), new Uint8Array(2 ** 20))).toThrow('ENOSPC');
    // Both have room that was taken before, or say that there is none.
    const outcomes = [await codeOf(engine.close()), await codeOf(open().then((again) => again.close()))];
    for (const outcome of outcomes) expect(['no error', 'STORAGE_FULL']).toContain(outcome);
    const looking = await open({ readOnly: true });
    expect(await valuesOf(looking.topic('safe'))).toEqual(['first']);
    await looking.close();
    rmSync(join(root, 'ballast'));
    const again = (await open()).topic<string>('safe');
    expect((await again.append({ value: 'second', partition: 0 })).offset).toBe(1);
  });
});

describe('a disk that cannot be written', () => {
  test('is read, and refuses a writer without a trace', async (context) => {
    mount(context, '-o', 'size=4m');
    await fill();
    spawnSync('mount', ['-o', 'remount,ro', root]);
    const before = pictureOf(root);
    await expectFailure(open, { code: 'STORAGE', facts: { errno: 'EROFS' } });
    const engine = await open({ readOnly: true });
    expect(await valuesOf(engine.topic('safe'))).toEqual([0, 1, 2, 3]);
    await expectFailure(() => engine.topic<number>('safe').append({ value: 1 }), { code: 'READ_ONLY' });
    await expectFailure(() => engine.createTopic('no'), { code: 'READ_ONLY' });
    await engine.close();
    expect(pictureOf(root)).toEqual(before);
  });
});
