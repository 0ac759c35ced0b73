import { describe, expect, test } from 'vitest';
import {
  CrashedError,
  type crashProfiles,
  readFile,
  SimulatedDisk,
  StalledError,
  type StorageFixture,
  segmentReaderConformance,
  storageDirectoryConformance,
} from '../src/index.js';

const bytes = (text: string): Uint8Array => Buffer.from(text);
const text = async (disk: SimulatedDisk, name: string): Promise<string> =>
  Buffer.from(await readFile(disk.root, name)).toString();
const names = async (disk: SimulatedDisk): Promise<string[]> =>
  (await disk.root.list()).map((entry) => entry.name).toSorted();

async function written(
  options: { syncFile?: boolean; syncDirectory?: boolean } = {},
): Promise<SimulatedDisk> {
  const disk = new SimulatedDisk({ seed: 1 });
  const file = await disk.root.create('a');
  await file.write(0, [bytes('hello '), bytes('world')]);
  if (options.syncFile === true) await file.sync();
  if (options.syncDirectory === true) await disk.root.sync();
  return disk;
}

async function contents(disk: SimulatedDisk, profile: keyof typeof crashProfiles): Promise<Set<string>> {
  const found = new Set<string>();
  for (const survivor of disk.survivors(profile)) {
    const after = survivor.disk();
    found.add((await names(after)).includes('a') ? `a=${await text(after, 'a')}` : 'missing');
  }
  return found;
}

async function completionOrder(seed: number): Promise<string> {
  const disk = new SimulatedDisk({ seed, completions: 'seeded' });
  const done: number[] = [];
  const file = await disk.root.create('a');
  await Promise.all(
    [0, 1, 2, 3, 4, 5].map(async (i) => {
      await file.write(i, [bytes('x')]);
      done.push(i);
    }),
  );
  return done.join('');
}

test('a file that was synced is lost with its name when the directory was not synced', async () => {
  expect(await contents(await written({ syncFile: true }), 'strict')).toEqual(
    new Set(['missing', 'a=hello world']),
  );
});

test('a name that was synced says nothing about the bytes', async () => {
  const found = await contents(await written({ syncDirectory: true }), 'strict');
  expect(found).toContain('a=');
  expect(found).toContain('a=hello world');
  expect(found).toContain('a=h');
  expect(found).toContain('a=hello worl');
  expect(found).toContain(`a=${'\0'.repeat(11)}`);
  expect(found).not.toContain('missing');
});

test('bytes and name both synced leave one state', async () => {
  expect(await contents(await written({ syncFile: true, syncDirectory: true }), 'hostile')).toEqual(
    new Set(['a=hello world']),
  );
});

test('process kill keeps what was written and any prefix of the write in flight', async () => {
  const disk = await written({ syncDirectory: true });
  const file = await disk.root.open('a');
  const found = new Set<string>();
  disk.onMutation(() => {
    for (const survivor of disk.survivors('kill')) found.add(survivor.resolution);
  });
  await file.write(11, [bytes('!'.repeat(100))]);
  expect(found).toEqual(new Set(['v.v', 'v.d', 'v.c1', 'v.c32', 'v.c99']));
});

test('an unsynced truncation may be undone, and a later write may survive without it', async () => {
  const disk = await written({ syncFile: true, syncDirectory: true });
  const file = await disk.root.open('a');
  await file.truncate(5);
  await file.write(5, [bytes('X')]);
  expect(await contents(disk, 'strict')).toEqual(
    new Set(['a=helloX', 'a=hello', 'a=helloXworld', 'a=hello world', 'a=hello\0']),
  );
});

test('a rename that was not synced leaves the old file, the new one, or whichever names survive', async () => {
  const disk = await written({ syncFile: true, syncDirectory: true });
  const next = await disk.root.create('b');
  await next.write(0, [bytes('next')]);
  await next.sync();
  await disk.root.rename('b', 'a');
  const found = new Set<string>();
  for (const survivor of disk.survivors('strict')) {
    const after = survivor.disk();
    found.add(`${(await names(after)).join(',')}:${await text(after, 'a')}`);
  }
  expect(found).toEqual(new Set(['a:hello world', 'a:next', 'a,b:hello world']));
});

test('removing a full directory may survive in any part', async () => {
  const disk = new SimulatedDisk({ seed: 1 });
  const child = await disk.root.directory('d', { create: true });
  await child.create('x');
  await child.create('y');
  await child.sync();
  await disk.root.sync();
  await disk.root.remove('d');
  const found = new Set<string>();
  for (const survivor of disk.survivors('strict')) {
    const after = survivor.disk();
    if (!(await names(after)).includes('d')) found.add('gone');
    else {
      const left = await (await after.root.directory('d', { create: false })).list();
      found.add(left.map((entry) => entry.name).join(','));
    }
  }
  expect(found).toEqual(new Set(['gone', 'x,y', 'x', 'y', '']));
});

test('a failed sync forgets its bytes: the next one succeeds and does not bring them back', async () => {
  const rule = { call: 'sync', effect: { kind: 'error', errno: 'EIO' } } as const;
  const disk = new SimulatedDisk({ seed: 1, faults: [rule] });
  const file = await disk.root.create('a');
  await disk.root.sync();
  await file.write(0, [bytes('lost')]);
  await expect(file.sync()).rejects.toMatchObject({ code: 'STORAGE', facts: { errno: 'EIO' } });
  await expect(file.write(4, [bytes('more')])).rejects.toMatchObject({ code: 'STORAGE' });
  const again = await disk.root.open('a');
  await again.write(4, [bytes('kept')]);
  await again.sync();
  expect(await text(disk, 'a')).toBe('lostkept');
  expect(await contents(disk, 'none')).toEqual(new Set(['a=\0\0\0\0kept']));
  expect(await contents(disk, 'all')).toEqual(new Set(['a=lostkept']));
  disk.evict();
  expect(await text(disk, 'a')).toBe('\0\0\0\0kept');
});

test('a device that lies acknowledges a sync and keeps nothing', async () => {
  const disk = new SimulatedDisk({ seed: 1, faults: [{ call: 'sync', effect: { kind: 'lie' } }] });
  const file = await disk.root.create('a');
  await disk.root.sync();
  await file.write(0, [bytes('lost')]);
  await file.sync();
  expect(await contents(disk, 'none')).toEqual(new Set(['a=']));
  await file.sync();
  expect(await contents(disk, 'none')).toEqual(new Set(['a=lost']));
});

test('a full disk takes a part of a write and says so', async () => {
  const rule = { call: 'write', effect: { kind: 'short', bytes: 3, errno: 'ENOSPC' } } as const;
  const disk = new SimulatedDisk({ seed: 1, faults: [rule] });
  const file = await disk.root.create('a');
  await expect(file.write(0, [bytes('hello')])).rejects.toMatchObject({ code: 'STORAGE_FULL' });
  expect(file.sizeBytes).toBe(3);
  await file.write(0, [bytes('hello')]);
  expect(await text(disk, 'a')).toBe('hello');
});

test('a call can fail although it took effect, or never settle', async () => {
  const disk = new SimulatedDisk({
    seed: 1,
    faults: [
      { call: 'rename', effect: { kind: 'error', errno: 'EIO', applied: true } },
      { call: 'truncate', effect: { kind: 'hang' } },
    ],
  });
  const file = await disk.root.create('a');
  await expect(disk.root.rename('a', 'b')).rejects.toMatchObject({ code: 'STORAGE' });
  expect(await names(disk)).toEqual(['b']);
  await expect(disk.run(() => file.truncate(0))).rejects.toBeInstanceOf(StalledError);
});

test.each(['before', 'during', 'after'] as const)(
  'a process that dies %s a call hears nothing of it',
  async (when) => {
    const disk = new SimulatedDisk({ seed: 1 });
    disk.crashAt(1, when);
    const heard: string[] = [];
    const program = async (): Promise<void> => {
      const file = await disk.root.create('a');
      heard.push('created');
      await file.write(0, [bytes('x')]);
      heard.push('written');
    };
    await expect(disk.run(program)).rejects.toBeInstanceOf(CrashedError);
    expect(heard).toEqual(['created']);
    expect(disk.crashed).toBe(true);
    expect(disk.snapshot().pending.map((one) => one.inFlight)).toEqual(
      { before: [false], during: [false, true], after: [false, false] }[when],
    );
  },
);

test('virtual time passes when the program waits, and only then', async () => {
  const disk = new SimulatedDisk({ seed: 1 });
  const started = disk.clock.monotonicMs();
  await disk.run(async () => {
    await Promise.all([disk.clock.sleep(3_600_000), disk.clock.sleep(1_000)]);
  });
  expect(disk.clock.monotonicMs() - started).toBe(3_600_000);
  await expect(disk.run(() => new Promise(() => undefined))).rejects.toBeInstanceOf(StalledError);
});

test('a program that tries again and again is not waited for', async () => {
  const disk = new SimulatedDisk({ seed: 1 });
  const again = (): Promise<void> => disk.clock.sleep(1000).then(again);
  await expect(disk.run(again)).rejects.toThrow('has not ended after 50000 deadlines');
});

test('seeded completions overtake each other, and do so again under the same seed', async () => {
  const orders = await Promise.all([1, 2, 3, 4].map(completionOrder));
  expect(new Set(orders).size).toBeGreaterThan(1);
  expect(await completionOrder(3)).toBe(orders[2]);
});

test('a program that only reads is not taken for one that waits for ever', async () => {
  const disk = new SimulatedDisk({ seed: 1, completions: 'seeded' });
  const listed = await disk.run(async () => {
    let count = 0;
    while (count < 20_000) {
      await disk.root.list();
      count += 1;
    }
    return count;
  });
  expect(listed).toBe(20_000);
});

test('a lock excludes until it is disposed of or its directory is closed', async () => {
  const disk = new SimulatedDisk({ seed: 1 });
  const held = await disk.root.lock('LOCK');
  await expect(disk.root.lock('LOCK')).rejects.toMatchObject({ code: 'LOG_LOCKED' });
  await held[Symbol.asyncDispose]();
  await disk.root.lock('LOCK');
  expect(disk.root.descriptors).toBe(1);
  await disk.root.close();
  await disk.root.lock('LOCK');
  const [survivor] = [...disk.survivors('all')];
  await survivor?.disk().root.lock('LOCK');
});

for (const completions of ['immediate', 'seeded'] as const) {
  const create = (): StorageFixture => {
    const directory = new SimulatedDisk({ seed: 1, completions }).root;
    return { directory, dispose: () => directory.close() };
  };
  storageDirectoryConformance({ describe, test }, `simulated, ${completions}`, create);
  segmentReaderConformance({ describe, test }, `simulated, ${completions}`, create);
}

test('a program that only reads is not taken for one that waits, however busy the machine is', async () => {
  const disk = new SimulatedDisk({ seed: 1, completions: 'seeded' });
  const reads = async (): Promise<void> => {
    for (let read = 0; read < 50; read += 1) {
      await disk.root.list();
      if (read === 20) holdTheLoop(120);
    }
  };
  await expect(disk.run(reads)).resolves.toBeUndefined();
});

function holdTheLoop(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}
