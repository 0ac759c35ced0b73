import { spawnSync } from 'node:child_process';
import { SeglogError } from '@seglog/core';
import { PreadDirectory } from '@seglog/fs-pread';

const APPENDS = 100;
const APPEND_BYTES = 4096;
/** No device that keeps what it says it keeps answers faster. */
const FASTEST_REAL_SYNC_MS = 0.015;

/** What the medium does, tried out in a directory of its own that is removed afterwards. */
export interface DiskProbe {
  /** Of an append of 4 KiB and its sync. */
  readonly syncMs: { readonly median: number; readonly slowest: number };
  /** Of an append of 4 KiB without a sync. */
  readonly writeMs: number;
  /** False where syncs are so fast that nothing can have reached a medium: memory, or a device that lies. */
  readonly syncIsReal: boolean;
  /** `works`, or what the system said. */
  readonly directorySync: string;
  /** `excludes other processes`, `excludes nobody`, or what the system said. */
  readonly lock: string;
}

/** Writes a probe into a directory, and takes it away again. */
export async function probeDisk(path: string): Promise<DiskProbe> {
  const disk = new PreadDirectory(path, { create: false });
  const name = `seglog-doctor-${process.pid}`;
  try {
    const home = await disk.directory(name, { create: true });
    const [writeMs = 0] = await timesOf(home, { name: 'written', sync: false });
    const synced = await timesOf(home, { name: 'synced', sync: true });
    const median = synced[synced.length >> 1] ?? 0;
    return {
      syncMs: { median, slowest: synced.at(-1) ?? 0 },
      writeMs,
      syncIsReal: median >= FASTEST_REAL_SYNC_MS,
      directorySync: await outcome(() => home.sync(), 'works'),
      lock: await lockKind(home, `${path}/${name}`),
    };
  } finally {
    await disk.remove(name).catch(() => undefined);
    await disk.close();
  }
}

type Home = Awaited<ReturnType<PreadDirectory['directory']>>;

/** Milliseconds of each append, in ascending order. */
async function timesOf(
  home: Home,
  { name, sync }: { readonly name: string; readonly sync: boolean },
): Promise<readonly number[]> {
  const file = await home.create(name);
  const block = new Uint8Array(APPEND_BYTES).fill(1);
  const times: number[] = [];
  for (let i = 0; i < APPENDS; i += 1) {
    const started = performance.now();
    await file.write(i * APPEND_BYTES, [block]);
    if (sync) await file.sync();
    times.push(performance.now() - started);
  }
  await file.close();
  return times.toSorted((a, b) => a - b);
}

async function outcome(step: () => Promise<unknown>, works: string): Promise<string> {
  try {
    await step();
    return works;
  } catch (error) {
    if (SeglogError.is(error)) return error.message;
    throw error;
  }
}

const TRY_TO_LOCK = `
const [module, path] = process.argv.slice(1);
const { PreadDirectory } = await import(module);
try {
  await new PreadDirectory(path, { create: false }).lock('LOCK');
  process.exit(5);
} catch (error) {
  process.exit(error.code === 'LOG_LOCKED' ? 6 : 7);
}
`;

/** Takes the lock, and lets another process try to take it too. */
async function lockKind(home: Home, path: string): Promise<string> {
  let lock: AsyncDisposable;
  try {
    lock = await home.lock('LOCK');
  } catch (error) {
    if (SeglogError.is(error)) return error.message;
    throw error;
  }
  try {
    const words = ['--input-type=module', '-e', TRY_TO_LOCK, import.meta.resolve('@seglog/fs-pread'), path];
    const { status } = spawnSync(process.execPath, words, { timeout: 20_000 });
    if (status === 6) return 'excludes other processes';
    return status === 5 ? 'excludes nobody' : 'could not be tried with another process';
  } finally {
    await lock[Symbol.asyncDispose]();
  }
}
