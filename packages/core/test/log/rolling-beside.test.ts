import { afterEach, describe, expect, test, vi } from 'vitest';
import {
  type LogEvent,
  type LogSettings,
  MemoryDirectory,
  SeglogError,
  type StorageDirectory,
  syncNever,
  type WritableFile,
} from '../../src/index.js';
import {
  allOf,
  type BenchLog,
  closeCleanly,
  contentOf,
  copyOf,
  filesOf,
  openOn,
  openReadOnly,
  putFile,
  record,
} from './log-bench.js';

const SMALL: Partial<LogSettings> = { maxSegmentBytes: 4096, maxUnsealedSegments: 4, indexIntervalBytes: 64 };
const FULL = new SeglogError('STORAGE_FULL', 'no space is left');

/** What stands before the syncs and the writes of segments. */
interface Medium {
  beforeSync: (file: string) => Promise<void>;
  beforeWrite: (bytes: number) => void;
}

interface GatedLog extends BenchLog {
  readonly medium: Medium;
  readonly events: LogEvent[];
}

/** A log under a policy that waits for nothing, on a medium that can be slow, full or broken. */
async function openGated(
  settings: Partial<LogSettings> = {},
  root = new MemoryDirectory(),
): Promise<GatedLog> {
  const directory = await root.directory('log', { create: true });
  const medium: Medium = { beforeSync: async () => undefined, beforeWrite: () => undefined };
  gate(directory, medium);
  const events: LogEvent[] = [];
  const observer = { observe: (event: LogEvent) => void events.push(event) };
  const parts = { directory, observer, syncPolicy: syncNever() };
  const opened = await openOn(root, { settings: { ...SMALL, ...settings }, parts });
  return { ...opened, directory, medium, events };
}

function gate(directory: StorageDirectory, medium: Medium): void {
  const gated = (name: string, file: WritableFile): WritableFile => {
    const sync = file.sync.bind(file);
    const write = file.write.bind(file);
    file.sync = async () => {
      await medium.beforeSync(name);
      return sync();
    };
    file.write = async (position, chunks) => {
      medium.beforeWrite(chunks[0]?.length ?? 0);
      return write(position, chunks);
    };
    return file;
  };
  const create = directory.create.bind(directory);
  const open = directory.open.bind(directory);
  directory.create = async (name) => (name.endsWith('.log') ? gated(name, await create(name)) : create(name));
  directory.open = async (name) => (name.endsWith('.log') ? gated(name, await open(name)) : open(name));
}

/** Syncs wait until `open` is called. */
function closeGate(medium: Medium): () => void {
  let waiting: (() => void)[] = [];
  medium.beforeSync = () => new Promise<void>((resolve) => void waiting.push(resolve));
  return () => {
    medium.beforeSync = async () => undefined;
    for (const resolve of waiting) resolve();
    waiting = [];
  };
}

/** Snapshots of producers get their names when they are released, and from then on at once. */
function holdSnapshots(directory: StorageDirectory): {
  readonly held: readonly unknown[];
  readonly release: () => void;
} {
  const rename = directory.rename.bind(directory);
  const held: (() => void)[] = [];
  directory.rename = async (...paths) => {
    if (paths[1].endsWith('.producers')) await new Promise<void>((resolve) => void held.push(resolve));
    return rename(...paths);
  };
  const release = (): void => {
    directory.rename = rename;
    for (const resolve of held) resolve();
  };
  return { held, release };
}

/** Footers, and headers of new segments, find no room so many times. */
function fullFor(medium: Medium, attempts: number): void {
  let left = attempts;
  medium.beforeWrite = (bytes) => {
    if (bytes !== 128 || left === 0) return;
    left -= 1;
    throw FULL;
  };
}

const stamped = (log: GatedLog['log'], sequence: number): Promise<unknown> =>
  log.append([record(`v${sequence}`, 2000)], { producer: { id: 'p', epoch: 1, sequence } });
const big = (name: string): ReturnType<typeof record>[] => [record(name, 2000)];
const rolls = ({ events }: GatedLog): number => events.filter(({ type }) => type === 'rolled').length;
const names = (all: readonly (readonly [number, string | null])[]): string[] =>
  all.map(([, text]) => (text ?? '').replaceAll('.', ''));

afterEach(() => {
  vi.useRealTimers();
});

describe('full segments that nobody waits for', () => {
  test('are sealed beside the appends, and nothing behind them is durable before', async () => {
    const bench = await openGated();
    const open = closeGate(bench.medium);
    for (const name of ['a', 'b', 'c']) await bench.log.append(big(name));
    expect(rolls(bench)).toBe(0);
    expect(bench.log.offsets()).toMatchObject({ durable: 0, logEnd: 3 });
    expect(names(await allOf(bench.log))).toEqual(['a', 'b', 'c']);
    expect(bench.log.stats().segments).toBe(3);
    open();
    await bench.log.sync();
    expect(rolls(bench)).toBe(2);
    expect(bench.log.offsets().durable).toBe(3);
    expect(names(await allOf(bench.log))).toEqual(['a', 'b', 'c']);
    await closeCleanly(bench);
    expect((await openGated({}, bench.root as MemoryDirectory)).report).toMatchObject({ clean: true });
  });

  test('let a roll wait when there are more of them than allowed', async () => {
    const bench = await openGated({ maxUnsealedSegments: 1 });
    const open = closeGate(bench.medium);
    await bench.log.append(big('a'));
    await bench.log.append(big('b'));
    const third = bench.log.append(big('c'));
    const waited = await Promise.race([third, new Promise((resolve) => setTimeout(resolve, 20, 'waits'))]);
    expect(waited).toBe('waits');
    open();
    await third;
    await closeCleanly(bench);
  });

  test('are waited for by every roll, if none are allowed', async () => {
    const bench = await openGated({ maxUnsealedSegments: 0 });
    for (const name of ['a', 'b', 'c']) await bench.log.append(big(name));
    expect(rolls(bench)).toBe(2);
    await closeCleanly(bench);
  });

  test('are sealed before a truncation, a deletion, a forced roll and a close', async () => {
    for (const [step, left] of [
      [(log: GatedLog['log']) => log.truncateAfter(1), ['a', 'b']],
      [(log: GatedLog['log']) => log.deleteRecordsBefore(2), ['c']],
      [(log: GatedLog['log']) => log.roll(), ['a', 'b', 'c']],
      [(log: GatedLog['log']) => log.close(), undefined],
    ] as const) {
      const bench = await openGated({ deleteDelayMs: 0 });
      const open = closeGate(bench.medium);
      for (const name of ['a', 'b', 'c']) await bench.log.append(big(name));
      const done = step(bench.log);
      open();
      await done;
      if (left !== undefined) expect(names(await allOf(bench.log))).toEqual(left);
      await closeCleanly(bench);
    }
  });

  test('leave what is known of producers as of their end', async () => {
    const bench = await openGated();
    await stamped(bench.log, 0);
    const open = closeGate(bench.medium);
    for (const sequence of [1, 2]) await stamped(bench.log, sequence);
    open();
    await bench.log.sync();
    const killed = await openGated({}, await copyOf(bench.root));
    expect(await filesOf(killed.directory, '.producers')).toEqual(
      [1, 2].map((end) => `${`${end}`.padStart(20, '0')}.producers`),
    );
    const again = await stamped(killed.log, 2);
    expect(again).toMatchObject({ duplicate: true, baseOffset: 2 });
    await closeCleanly(killed);
    await closeCleanly(bench);
  });
});

test('a segment that fills up while the one before it has just been sealed keeps no sync from being started', async () => {
  const bench = await openGated();
  const snapshots = holdSnapshots(bench.directory);
  for (const sequence of [0, 1]) await stamped(bench.log, sequence);
  await vi.waitFor(() => expect(snapshots.held).toHaveLength(1));
  await stamped(bench.log, 2);
  snapshots.release();
  await bench.log.sync();
  expect(bench.log.offsets().durable).toBe(3);
  await closeCleanly(bench);
});

test('a sync in the moment when the next segment takes over proves nothing of the one before it', async () => {
  const bench = await openGated();
  await bench.log.append(big('a'));
  const [first = ''] = await filesOf(bench.directory, '.log');
  const open = closeGate(bench.medium);
  const { beforeSync } = bench.medium;
  bench.medium.beforeSync = (file) => (file === first ? beforeSync(file) : Promise.resolve());
  const second = bench.log.append(big('b'));
  for (let turn = 0; bench.log.stats().segments < 2 && turn < 10_000; turn++) await Promise.resolve();
  expect(bench.log.stats().segments).toBe(2);
  const sync = bench.log.sync();
  await second;
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(bench.log.offsets().durable).toBe(0);
  open();
  await sync;
  expect(bench.log.offsets().durable).toBeGreaterThan(0);
  await closeCleanly(bench);
});

test('a truncation waits for what is noted of producers: it would speak of records that are gone', async () => {
  const bench = await openGated();
  const snapshots = holdSnapshots(bench.directory);
  for (const sequence of [0, 1]) await stamped(bench.log, sequence);
  await vi.waitFor(() => expect(snapshots.held).toHaveLength(1));
  const cut = bench.log.truncateAfter(-1);
  await new Promise((resolve) => setTimeout(resolve, 20));
  snapshots.release();
  await cut;
  await bench.log.append([record('x'), record('y')]);
  await bench.log.sync();
  const killed = await openGated({}, await copyOf(bench.root));
  expect(await stamped(killed.log, 0)).toMatchObject({ duplicate: false, baseOffset: 2 });
  await closeCleanly(killed);
  await closeCleanly(bench);
});

describe('a process that dies before its full segments are sealed', () => {
  test('has lost nothing: its successor seals them', async () => {
    const bench = await openGated();
    const open = closeGate(bench.medium);
    for (const name of ['a', 'b', 'c']) await bench.log.append(big(name));
    const left = await copyOf(bench.root);
    const reader = await openReadOnly(left, { settings: SMALL, parts: { syncPolicy: syncNever() } });
    expect(names(await allOf(reader))).toEqual(['a', 'b', 'c']);
    await reader.close();
    const again = await openGated({}, left);
    expect(again.report.adopted).toEqual((await filesOf(again.directory, '.log')).slice(1));
    expect(again.log.offsets()).toMatchObject({ durable: 3, logEnd: 3 });
    await again.log.append(big('d'));
    expect(names(await allOf(again.log))).toEqual(['a', 'b', 'c', 'd']);
    await closeCleanly(again);
    open();
    await closeCleanly(bench);
  });

  test('and the next one holds less than the footer of a segment', async () => {
    const bench = await openGated();
    const open = closeGate(bench.medium);
    await bench.log.append([record('a', 2500)]);
    while (bench.log.stats().segments === 1) await bench.log.append([record('x')]);
    const { logEnd } = bench.log.offsets();
    const again = await openGated({}, await copyOf(bench.root));
    expect(again.report.adopted).toHaveLength(1);
    expect(again.log.offsets()).toMatchObject({ durable: logEnd, logEnd });
    await closeCleanly(again);
    open();
    await closeCleanly(bench);
  });

  test('and a medium that kept the later records only: they go, after a copy', async () => {
    const bench = await openGated();
    const open = closeGate(bench.medium);
    for (const name of ['a', 'b', 'c']) await bench.log.append(big(name));
    const left = await copyOf(bench.root);
    const log = await left.directory('log', { create: false });
    const [first = ''] = await filesOf(log, '.log');
    await putFile(log, first, (await contentOf(log, first)).subarray(0, 700));
    const again = await openGated({}, left);
    expect(again.report.quarantined).toHaveLength(3);
    expect(again.report.removed).toHaveLength(2);
    expect(again.report.adopted).toBeUndefined();
    expect(names(await allOf(again.log))).toEqual([]);
    await closeCleanly(again);
    open();
    await closeCleanly(bench);
  });

  test('and whose file then was continued by another: neither is believed', async () => {
    const bench = await openGated();
    await bench.log.append(big('a'));
    const before = await copyOf(bench.root);
    const open = closeGate(bench.medium);
    await bench.log.append(big('b'));
    const [, successor = ''] = await filesOf(bench.directory, '.log');
    const bytes = await contentOf(bench.directory, successor);

    const longer = await openGated({ maxSegmentBytes: 8192, maxFrameBytes: 3840 }, await copyOf(before));
    await longer.log.append(big('x'));
    await putFile(longer.directory, successor, bytes);
    await expect(openGated({}, await copyOf(longer.root))).rejects.toMatchObject({ code: 'CORRUPT_SEGMENT' });

    const other = await openGated({}, await copyOf(before));
    const openOther = closeGate(other.medium);
    await other.log.append(big('y'));
    await putFile(other.directory, successor, bytes);
    await expect(openGated({}, await copyOf(other.root))).rejects.toMatchObject({ code: 'CORRUPT_SEGMENT' });
    for (const go of [open, openOther]) go();
    for (const one of [bench, longer, other]) await closeCleanly(one);
  });
});

describe('a medium that is full while a segment is sealed', () => {
  test('lets the appends go on, and the segment is sealed a while later', async () => {
    const bench = await openGated();
    await bench.log.append(big('a'));
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    // The header of the next segment is as long as the footer of this one.
    let writes = 0;
    bench.medium.beforeWrite = (bytes) => {
      if (bytes !== 128) return;
      writes += 1;
      if (writes === 2) throw FULL;
    };
    await bench.log.append(big('b'));
    await bench.log.append([record('c')]);
    await vi.waitFor(() => expect(writes).toBe(2));
    expect(bench.log.offsets().durable).toBe(0);
    await vi.advanceTimersByTimeAsync(1000);
    await bench.log.sync();
    expect(writes).toBe(3);
    expect(bench.log.offsets().durable).toBe(3);
    vi.useRealTimers();
    await closeCleanly(bench);
  });

  test('keeps nobody waiting for what cannot become durable: it is tried again when somebody asks', async () => {
    const bench = await openGated();
    await bench.log.append(big('a'));
    const open = closeGate(bench.medium);
    await bench.log.append(big('b'));
    fullFor(bench.medium, 3);
    const waiting = [
      bench.log.append([record('c')], { acknowledge: 'synced' }),
      bench.log.sync(),
      bench.log.deleteRecordsBefore(1),
    ];
    const settled = Promise.allSettled(waiting);
    const toCome = bench.log.whenDurable(4);
    open();
    const codes = (await settled).map((one) => one.status === 'rejected' && one.reason.code);
    expect(codes).toEqual(['APPEND_UNKNOWN', 'STORAGE_FULL', 'STORAGE_FULL']);
    for (let attempt = 0; attempt < 2; attempt++) {
      await expect(bench.log.sync()).rejects.toMatchObject({ code: 'STORAGE_FULL' });
    }
    await bench.log.sync();
    expect(names(await allOf(bench.log))).toEqual(['a', 'b', 'c']);
    await bench.log.append([record('d')], { acknowledge: 'synced' });
    await toCome;
    expect(bench.log.offsets().durable).toBe(4);
    await closeCleanly(bench);
  });

  test('makes an append that was refused durable when there is room, and asks at once whoever asks at once', async () => {
    const bench = await openGated();
    await bench.log.append(big('a'));
    const open = closeGate(bench.medium);
    await bench.log.append(big('b'));
    fullFor(bench.medium, 1);
    const refused = bench.log.append([record('c')], { acknowledge: 'synced' });
    const again = refused.catch(() => bench.log.sync());
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    open();
    await again;
    expect(bench.log.offsets().durable).toBe(3);
    const openAgain = closeGate(bench.medium);
    await bench.log.append(big('d'));
    fullFor(bench.medium, 1);
    const late = bench.log.append([record('e')], { acknowledge: 'synced' });
    openAgain();
    await expect(late).rejects.toMatchObject({ code: 'APPEND_UNKNOWN', cause: { code: 'STORAGE_FULL' } });
    await vi.advanceTimersByTimeAsync(1000);
    vi.useRealTimers();
    await vi.waitFor(() => expect(bench.log.offsets().durable).toBe(5));
    await closeCleanly(bench);
  });

  test('turns away the append that would need one more, a forced roll and a close', async () => {
    const bench = await openGated({ maxUnsealedSegments: 1 });
    await bench.log.append(big('a'));
    const open = closeGate(bench.medium);
    await bench.log.append(big('b'));
    fullFor(bench.medium, Number.POSITIVE_INFINITY);
    open();
    await expect(bench.log.append(big('c'))).rejects.toMatchObject({ code: 'STORAGE_FULL' });
    await expect(bench.log.roll()).rejects.toMatchObject({ code: 'STORAGE_FULL' });
    await bench.log.append([record('d')]);
    expect(names(await allOf(bench.log))).toEqual(['a', 'b', 'd']);
    await expect(bench.log.close()).rejects.toMatchObject({ code: 'STORAGE_FULL' });
    await bench.session.close({ clean: false });
    const again = await openGated({}, await copyOf(bench.root));
    expect(names(await allOf(again.log))).toEqual(['a', 'b', 'd']);
    await closeCleanly(again);
  });

  test('is not asked again once the log is closed', async () => {
    const bench = await openGated();
    await bench.log.append(big('a'));
    const open = closeGate(bench.medium);
    await bench.log.append(big('b'));
    bench.medium.beforeWrite = () => {
      throw new Error('the medium is gone');
    };
    await expect(bench.log.append([record('c')])).rejects.toMatchObject({ code: 'APPEND_UNKNOWN' });
    let attempts = 0;
    bench.medium.beforeWrite = () => {
      attempts += 1;
      throw FULL;
    };
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    const closed = Promise.allSettled([bench.log.close()]);
    open();
    await closed;
    expect(attempts).toBe(1);
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
    await bench.session.close({ clean: false });
  });

  test('and a disk that has no room for the next segment leaves the log as it was', async () => {
    const bench = await openGated();
    await bench.log.append(big('a'));
    fullFor(bench.medium, 1);
    await expect(bench.log.append(big('b'))).rejects.toMatchObject({ code: 'STORAGE_FULL' });
    await bench.log.append(big('c'));
    expect(names(await allOf(bench.log))).toEqual(['a', 'c']);
    expect(await filesOf(bench.directory, '.log')).toHaveLength(2);
    await closeCleanly(bench);
  });
});

describe('a sync that fails while a segment is sealed', () => {
  test('stops the log: nothing behind it was promised to be durable', async () => {
    const bench = await openGated();
    await bench.log.append(big('a'));
    const open = closeGate(bench.medium);
    await bench.log.append(big('b'));
    const synced = bench.log.append([record('c')], { acknowledge: 'synced' });
    const failing = expect(synced).rejects.toMatchObject({ code: 'APPEND_UNKNOWN' });
    const failed = bench.medium;
    open();
    failed.beforeSync = async () => {
      throw new SeglogError('STORAGE', 'the medium is broken');
    };
    await failing;
    await expect(bench.log.append(big('d'))).rejects.toMatchObject({ code: 'LOG_POISONED' });
    await expect(bench.log.close()).rejects.toMatchObject({ code: 'LOG_POISONED' });
    await bench.session.close({ clean: false });
    const again = await openGated({}, await copyOf(bench.root));
    expect(names(await allOf(again.log))).toEqual(['a', 'b', 'c']);
    await closeCleanly(again);
  });
});
