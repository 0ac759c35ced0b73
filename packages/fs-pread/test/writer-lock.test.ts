import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expectCode } from '@seglog/testing';
import { afterEach, describe, expect, test } from 'vitest';
import { DescriptorPool } from '../src/descriptor-pool.js';
import { nodeFileCalls } from '../src/file-calls.js';
import type { LockWays } from '../src/os-lock.js';
import { Scope } from '../src/scope.js';
import { takeLock } from '../src/writer-lock.js';
import { createRoot, type TemporaryRoot } from './temporary-root.js';

const LOCKER = fileURLToPath(new URL('./children/locker.mjs', import.meta.url));
const WAYS = ['both', 'native', 'program'] as const;

interface Answer {
  readonly code: string;
  readonly facts?: Readonly<Record<string, unknown>>;
  readonly message?: string;
}

const children: ChildProcess[] = [];

/** Another process that asks for the lock, with its answer; it holds what it won until it is killed. */
async function locker(path: string, way: string): Promise<{ child: ChildProcess; answer: Answer }> {
  const child = spawn(process.execPath, [LOCKER, path, way], { stdio: ['pipe', 'pipe', 'inherit'] });
  children.push(child);
  const [line] = await once(child.stdout, 'data');
  return { child, answer: JSON.parse(String(line)) as Answer };
}

async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

afterEach(async () => {
  await Promise.all(children.splice(0).map(killed));
});

async function withRoot(use: (root: TemporaryRoot, lockPath: string) => Promise<void>): Promise<void> {
  const root = await createRoot();
  try {
    await use(root, join(root.path, 'LOCK'));
  } finally {
    await root.dispose();
  }
}

describe('two processes exclude each other', () => {
  for (const holder of WAYS) {
    test(`when the holder locks by ${holder}, whichever way the other one takes`, async () => {
      await withRoot(async (_, lockPath) => {
        const first = await locker(lockPath, holder);
        expect(first.answer.code).toBe('won');
        for (const way of WAYS) {
          const second = await locker(lockPath, way);
          expect([way, second.answer]).toMatchObject([
            way,
            { code: 'LOG_LOCKED', facts: { pid: first.child.pid } },
          ]);
        }
        await killed(first.child);
        const next = await locker(lockPath, 'both');
        expect(next.answer.code).toBe('won');
      });
    });
  }
});

test('a file that was locked by the program says so until somebody has locked it natively', async () => {
  await withRoot(async (_, lockPath) => {
    const isLong = async (): Promise<boolean> => (await stat(lockPath)).size > 4096;
    const first = await locker(lockPath, 'native');
    expect(await isLong()).toBe(false);
    expect((await locker(lockPath, 'program')).answer.code).toBe('LOG_LOCKED');
    expect(await isLong()).toBe(true);
    await killed(first.child);
    const second = await locker(lockPath, 'program');
    expect(second.answer.code).toBe('won');
    expect(await isLong()).toBe(true);
    await killed(second.child);
    expect((await locker(lockPath, 'native')).answer.code).toBe('won');
    expect(await isLong()).toBe(false);
  });
});

test('of many that come at the same time, whichever way they take, never two win', async () => {
  await withRoot(async (_, lockPath) => {
    const all = await Promise.all([...WAYS, ...WAYS].map((way) => locker(lockPath, way)));
    expect(all.filter(({ answer }) => answer.code === 'won').length).toBeLessThanOrEqual(1);
  });
});

test('the holder is named, and a kill -9 lets the next one in at once', async () => {
  await withRoot(async ({ directory }, lockPath) => {
    const before = Date.now();
    const { child } = await locker(lockPath, 'both');
    const error = await expectCode('LOG_LOCKED', () => directory.lock('LOCK'), {
      name: 'LOCK',
      path: lockPath,
      pid: child.pid,
      host: hostname(),
    });
    expect(error.message).toContain('a writer of another process holds the storage directory');
    expect(error.message).toContain(`pid=${child.pid}`);
    expect(error.facts['sinceMs']).toBeGreaterThanOrEqual(before);
    const inode = (await stat(lockPath)).ino;
    await killed(child);
    const held = await directory.lock('LOCK');
    const told: unknown = JSON.parse(await readFile(lockPath, 'utf8'));
    expect(told).toMatchObject({ pid: process.pid, host: hostname() });
    await held[Symbol.asyncDispose]();
    expect((await stat(lockPath)).ino).toBe(inode);
  });
});

test('a child that shares the lock of a killed writer for a moment does not keep the next one out', async () => {
  await withRoot(async ({ directory }, lockPath) => {
    const { child } = await locker(lockPath, 'native');
    await killed(child);
    const lingering = spawn('flock', ['-x', lockPath, '-c', 'echo held; sleep 0.2'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(lingering.stdout, 'data');
    const held = await directory.lock('LOCK');
    await held[Symbol.asyncDispose]();
  });
});

test('this process is named to others, and to itself', async () => {
  await withRoot(async ({ directory }, lockPath) => {
    await directory.lock('LOCK');
    const { answer } = await locker(lockPath, 'both');
    expect(answer).toMatchObject({ code: 'LOG_LOCKED', facts: { pid: process.pid } });
    const error = await expectCode('LOG_LOCKED', () => directory.lock('LOCK'), { pid: process.pid });
    expect(error.message).toContain('a writer of this process holds the storage directory');
    await directory.close();
    const next = await locker(lockPath, 'both');
    expect(next.answer.code).toBe('won');
  });
});

describe('where the system offers no lock', () => {
  const none: LockWays = { native: () => 'unavailable', program: () => 'unavailable' };

  test('a lock is refused, and the way out is told', async () => {
    await withRoot(async (_, path) => {
      const request = { path, name: 'LOCK', allowUnlocked: false, ways: none };
      const pool = new DescriptorPool(nodeFileCalls, 8);
      const error = await expectCode('COMPOSITION', () => takeLock(pool, new Scope(), request));
      expect(error.message).toContain('fs-native-extensions');
      expect(error.message).toContain('allowUnlocked');
      const again = await takeLock(pool, new Scope(), { ...request, allowUnlocked: true });
      await again.close();
    });
  });

  test('allowUnlocked still excludes within the process', async () => {
    await withRoot(async (_, path) => {
      const request = { path, name: 'LOCK', allowUnlocked: true, ways: none };
      const pool = new DescriptorPool(nodeFileCalls, 8);
      const held = await takeLock(pool, new Scope(), request);
      await expectCode('LOG_LOCKED', () => takeLock(pool, new Scope(), request), { pid: process.pid });
      await held.close();
      const next = await takeLock(pool, new Scope(), request);
      await next.close();
    });
  });
});

test.each(['', 'no json', '{"pid":"x","host":5}', 'null', '[]', 'x'.repeat(10_000)])(
  'a lock file that holds %j is locked and rewritten all the same',
  async (content) => {
    await withRoot(async ({ directory }, lockPath) => {
      const file = await directory.create('LOCK');
      await file.write(0, [new TextEncoder().encode(content)]);
      await file.close();
      const held = await directory.lock('LOCK');
      expect(JSON.parse(await readFile(lockPath, 'utf8'))).toMatchObject({ pid: process.pid });
      await held[Symbol.asyncDispose]();
    });
  },
);
