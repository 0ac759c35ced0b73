import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { SeglogError } from '@seglog/core';
import type { DescriptorPool } from './descriptor-pool.js';
import { OPEN_LOCK } from './open-flags.js';
import { isMarked, type LockAnswer, type LockWays, MARK_POSITION, tryLockDescriptor } from './os-lock.js';
import type { Member, Scope } from './scope.js';
import { refusal } from './storage-failure.js';
import { readFully, writeFully } from './transfer.js';

/**
 * A killed writer may leave a child behind that shares its lock for a moment: one that was being started, or the program
 * flock itself.
 */
const PATIENCE_MS = 2000;
const PAUSE_MS = 5;

/** Files that this process holds, by device and inode: what excludes where the system has no lock to give. */
const heldHere = new Set<string>();

export interface LockRequest {
  readonly path: string;
  readonly name: string;
  readonly allowUnlocked: boolean;
  readonly ways?: LockWays;
}

/**
 * Takes the lock of the file at `path`, which is made if it is missing and stays. The file tells who holds it, for people:
 * what excludes is the lock.
 */
export async function takeLock(
  pool: DescriptorPool,
  scope: Scope,
  request: LockRequest,
): Promise<WriterLock> {
  const descriptor = await pool.openBare(request.path, OPEN_LOCK);
  try {
    const stats = pool.calls.fstat(descriptor);
    if (!stats.isFile()) {
      throw refusal('the name is not a file', { call: 'lock', name: request.name, errno: 'EINVAL' });
    }
    const key = `${stats.dev}:${stats.ino}`;
    await exclude(pool, descriptor, key, request);
    return new WriterLock(pool, scope, { descriptor, key });
  } catch (error) {
    await pool.calls.close(descriptor);
    throw error;
  }
}

/** Held until it is closed or disposed. */
export class WriterLock implements Member, AsyncDisposable {
  readonly #pool: DescriptorPool;
  readonly #scope: Scope;
  readonly #held: { readonly descriptor: number; readonly key: string };
  readonly #giveBack: () => void;
  #closing: Promise<void> | undefined;

  public constructor(
    pool: DescriptorPool,
    scope: Scope,
    held: { readonly descriptor: number; readonly key: string },
  ) {
    this.#pool = pool;
    this.#scope = scope;
    this.#held = held;
    this.#giveBack = pool.setAside();
    scope.add(this, 'lock');
  }

  public get descriptors(): number {
    return this.#closing === undefined ? 1 : 0;
  }

  public close(): Promise<void> {
    this.#closing ??= this.#release();
    return this.#closing;
  }

  public [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #release(): Promise<void> {
    try {
      await this.#pool.calls.close(this.#held.descriptor);
    } finally {
      heldHere.delete(this.#held.key);
      this.#giveBack();
      this.#scope.delete(this);
    }
  }
}

async function exclude(
  pool: DescriptorPool,
  descriptor: number,
  key: string,
  request: LockRequest,
): Promise<void> {
  if (heldHere.has(key)) throw await locked(pool, descriptor, request, 'this process');
  heldHere.add(key);
  try {
    const answer = await tryPatiently(pool, descriptor, request);
    if (answer === 'held') throw await locked(pool, descriptor, request, 'another process');
    if (answer === 'unavailable' && !request.allowUnlocked) throw noLock(request.name);
    await writeHolder(pool, descriptor);
  } catch (error) {
    heldHere.delete(key);
    throw error;
  }
}

/** Waits for a lock only if nobody who lives is known to hold it. */
async function tryPatiently(
  pool: DescriptorPool,
  descriptor: number,
  { ways }: LockRequest,
): Promise<LockAnswer> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const answer = tryLockDescriptor(descriptor, ways);
    if (answer !== 'held' || performance.now() > deadline) return answer;
    if (isAnotherAlive(await readHolder(pool, descriptor))) return answer;
    await sleep(PAUSE_MS);
  }
}

/** Of another host nothing is known; this process itself is named by a file that it wrote earlier. */
function isAnotherAlive({ pid, host }: { readonly pid?: number; readonly host?: string }): boolean {
  if (pid === undefined || host !== hostname()) return host !== undefined;
  if (pid === process.pid) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function noLock(name: string): SeglogError {
  const way = 'install fs-native-extensions or the program flock, or set allowUnlocked';
  return new SeglogError('COMPOSITION', `this system offers no lock against other processes: ${way}`, {
    name,
  });
}

async function writeHolder(pool: DescriptorPool, descriptor: number): Promise<void> {
  const holder = { pid: process.pid, host: hostname(), sinceMs: Date.now() };
  const bytes = new TextEncoder().encode(`${JSON.stringify(holder)}\n`);
  try {
    if (!isMarked(descriptor)) await pool.calls.ftruncate(descriptor, 0);
    await writeFully(pool.calls, descriptor, 0, [bytes]);
  } catch {
    // Advice only: a full disk does not keep a log from being opened.
  }
}

async function locked(
  pool: DescriptorPool,
  descriptor: number,
  { name, path }: LockRequest,
  who: 'this process' | 'another process',
): Promise<SeglogError> {
  const holder = await readHolder(pool, descriptor);
  const sentence = `a writer of ${who} holds the storage directory`;
  return new SeglogError('LOG_LOCKED', sentence, { name, path, ...holder });
}

/** What the file says of the holder; nothing when the holder has not written it yet, or something else has. */
async function readHolder(
  pool: DescriptorPool,
  descriptor: number,
): Promise<{ pid?: number; host?: string; sinceMs?: number }> {
  try {
    const bytes = new Uint8Array(MARK_POSITION);
    const count = await readFully(pool.calls, descriptor, 0, bytes);
    const [line = ''] = new TextDecoder().decode(bytes.subarray(0, count)).split('\n');
    const told: unknown = JSON.parse(line);
    return typeof told === 'object' && told !== null ? holderFacts({ ...told }) : {};
  } catch {
    return {};
  }
}

function holderFacts(told: { pid?: unknown; host?: unknown; sinceMs?: unknown }): {
  pid?: number;
  host?: string;
  sinceMs?: number;
} {
  return {
    ...(typeof told.pid === 'number' && { pid: told.pid }),
    ...(typeof told.host === 'string' && { host: told.host }),
    ...(typeof told.sinceMs === 'number' && { sinceMs: told.sinceMs }),
  };
}
