import { spawnSync } from 'node:child_process';
import { fstatSync, readFileSync } from 'node:fs';
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

/**
 * On Linux the two ways do not see each other, so both are taken where both work: a process that has one of them only is
 * excluded all the same. Where one works, the kernel's table tells whether somebody holds the other.
 */
export function tryLockDescriptor(descriptor: number, ways: LockWays = systemLockWays): LockAnswer {
  const native = ways.native(descriptor);
  if (native === 'held') return 'held';
  if (native === 'won' && process.platform !== 'linux') return 'won';
  const program = ways.program(descriptor);
  if (program === 'held') return 'held';
  if (native === program) return native;
  const [own, other] = native === 'won' ? ['OFDLCK', 'FLOCK'] : ['FLOCK', 'OFDLCK'];
  return tableShows(descriptor, own, other) ? 'held' : 'won';
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
  const mine = new Set(devicesOf(own, inode));
  return devicesOf(other, inode).some((device) => mine.size === 0 || mine.has(device));
}

function devicesOf(kind: string, inode: string): string[] {
  const devices: string[] = [];
  for (const line of lockTable()) {
    const [, type, , , , place = ''] = line.split(/\s+/);
    const end = place.lastIndexOf(':');
    if (type === kind && place.slice(end + 1) === inode) devices.push(place.slice(0, end));
  }
  return devices;
}

function lockTable(): readonly string[] {
  try {
    return readFileSync('/proc/locks', 'utf8').split('\n');
  } catch {
    return [];
  }
}
