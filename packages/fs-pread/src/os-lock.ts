import { spawnSync } from 'node:child_process';
import { fstatSync, ftruncateSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** `unavailable`: nothing on this machine can lock. */
export type LockAnswer = 'won' | 'held' | 'unavailable';

/** The two ways to lock an open descriptor. Either goes with the last descriptor of the file, however its process ends. */
export interface LockWays {
  /** An open file description lock on Linux, flock elsewhere. */
  readonly native: (descriptor: number) => LockAnswer;
  /** flock(2), by the program of that name. */
  readonly program: (descriptor: number) => LockAnswer;
}

export const systemLockWays: LockWays = { native: lockNatively, program: lockByProgram };

/** The holder stands before this. A file that is longer was locked by the program once. */
export const MARK_POSITION = 4096;

/**
 * The native way where there is one, else the program. On Linux the two do not see each other, but the kernel's table shows
 * both. Who locks by the program marks the file, and then looks for the other kind; who locks natively looks if there is a
 * mark. Each takes its lock first, so of two that come at the same time both may give way, and never both win: who has
 * found no mark has its lock since before the mark was made, and whoever made it finds that lock afterwards. A winner who
 * locks natively takes the mark away, for the table is dear: its reader waits for all processors, ten milliseconds or more.
 */
export function tryLockDescriptor(descriptor: number, ways: LockWays = systemLockWays): LockAnswer {
  const native = ways.native(descriptor);
  if (native === 'won') return unlessMarked(descriptor);
  if (native === 'held') return native;
  const answer = ways.program(descriptor);
  if (answer !== 'won') return answer;
  mark(descriptor);
  return unlessShown(descriptor, 'FLOCK', 'OFDLCK');
}

export function isMarked(descriptor: number): boolean {
  return fstatSync(descriptor).size > MARK_POSITION;
}

function unlessMarked(descriptor: number): LockAnswer {
  if (!isMarked(descriptor)) return 'won';
  const answer = unlessShown(descriptor, 'OFDLCK', 'FLOCK');
  if (answer === 'won') ftruncateSync(descriptor, 0);
  return answer;
}

/** Makes the file longer, which takes no room on a disk that is full. */
function mark(descriptor: number): void {
  if (!isMarked(descriptor)) ftruncateSync(descriptor, MARK_POSITION + 1);
}

function unlessShown(descriptor: number, own: string, other: string): LockAnswer {
  return process.platform === 'linux' && tableShows(descriptor, own, other) ? 'held' : 'won';
}

interface NativeLocks {
  tryLock(descriptor: number): boolean;
}

let nativeLocks: NativeLocks | undefined | 'unknown' = 'unknown';

/** Optional, and without a binary for some systems: that it does not load is no failure. */
function loadNativeLocks(): NativeLocks | undefined {
  try {
    return createRequire(import.meta.url)('fs-native-extensions') as NativeLocks;
  } catch {
    return undefined;
  }
}

function lockNatively(descriptor: number): LockAnswer {
  if (nativeLocks === 'unknown') nativeLocks = loadNativeLocks();
  if (nativeLocks === undefined) return 'unavailable';
  return nativeLocks.tryLock(descriptor) ? 'won' : 'held';
}

/** The child locks the open file that it shares with us; the lock stays with us when the child has gone. */
function lockByProgram(descriptor: number): LockAnswer {
  const child = spawnSync('flock', ['-n', '-x', '3'], { stdio: ['ignore', 'ignore', 'pipe', descriptor] });
  if (child.error !== undefined) {
    if ('code' in child.error && child.error.code === 'ENOENT') return 'unavailable';
    throw child.error;
  }
  if (child.status === 0) return 'won';
  if (child.status === 1) return 'held';
  const said = child.stderr.toString().trim();
  throw Object.assign(new Error(`flock ended with ${child.status ?? child.signal}: ${said}`), {
    code: 'ENOLCK',
  });
}

/** Devices are compared as the table writes them, taken from our own line: stat knows some by another number. */
function tableShows(descriptor: number, own: string, other: string): boolean {
  const inode = String(fstatSync(descriptor, { bigint: true }).ino);
  const mine = new Set<string>();
  const others: string[] = [];
  for (const line of lockTable()) {
    const [, type, , , , place = ''] = line.split(/\s+/);
    const end = place.lastIndexOf(':');
    if (place.slice(end + 1) !== inode) continue;
    if (type === own) mine.add(place.slice(0, end));
    if (type === other) others.push(place.slice(0, end));
  }
  return others.some((device) => mine.size === 0 || mine.has(device));
}

function lockTable(): readonly string[] {
  try {
    return readFileSync('/proc/locks', 'utf8').split('\n');
  } catch {
    return [];
  }
}
