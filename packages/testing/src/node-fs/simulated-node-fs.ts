import { constants, createReadStream, createWriteStream, type ReadStream, type WriteStream } from 'node:fs';
import type { Kernel } from '../simulated/kernel.js';
import { kernelOf, type SimulatedDisk } from '../simulated/simulated-disk.js';
import { SimulatedFileHandle } from './file-handle.js';
import { FsCalls } from './fs-calls.js';
import type { FsPath } from './fs-place.js';
import { type FsSteps, runSteps, runStepsNow } from './fs-step.js';

type Calls = { readonly [K in keyof FsCalls]: FsCalls[K] };
type Result<F> = F extends (...words: never[]) => FsSteps<infer T> ? T : never;

export type SimulatedFsCallbacks = {
  /** The last argument is the callback. */
  readonly [K in keyof Calls]: (...words: readonly unknown[]) => void;
};
export type SimulatedFsSync = {
  readonly [K in keyof Calls as `${K}Sync`]: (...words: Parameters<Calls[K]>) => Result<Calls[K]>;
};
export type SimulatedFsPromises = {
  readonly [K in Exclude<keyof Calls, 'open'>]: (...words: Parameters<Calls[K]>) => Promise<Result<Calls[K]>>;
} & {
  readonly open: (...words: Parameters<Calls['open']>) => Promise<SimulatedFileHandle>;
  readonly constants: typeof constants;
};

/** The part of `node:fs` that a program on a simulated disk may use. Descriptors belong to one such object. */
export type SimulatedNodeFs = SimulatedFsCallbacks &
  SimulatedFsSync & {
    readonly existsSync: (path: FsPath) => boolean;
    readonly createReadStream: (path: FsPath, options?: object | BufferEncoding) => ReadStream;
    readonly createWriteStream: (path: FsPath, options?: object | BufferEncoding) => WriteStream;
    readonly promises: SimulatedFsPromises;
    readonly constants: typeof constants;
  };

const NAMES: readonly (keyof Calls)[] = [
  'open',
  'close',
  'read',
  'write',
  'writev',
  'fsync',
  'fdatasync',
  'ftruncate',
  'fstat',
  'stat',
  'lstat',
  'access',
  'realpath',
  'chmod',
  'chown',
  'readdir',
  'mkdir',
  'rename',
  'unlink',
  'readFile',
  'writeFile',
  'appendFile',
];

/**
 * A simulated disk as `node:fs`, for programs that write files themselves: hand it to them in place of the real module
 * (by a mock, a loader, or where they take a file system), and `enumerateCrashes` shows what a crash leaves of them.
 * `/` is the root of the disk. Callbacks, promises, `Sync` functions and streams, of {@link SimulatedNodeFs}; what is not
 * there is undefined. Links, modes, owners, times, watchers, and renames between directories are not simulated.
 */
export function simulatedNodeFs(disk: SimulatedDisk): SimulatedNodeFs {
  const kernel = kernelOf(disk);
  const calls = new FsCalls(kernel);
  const steps = (name: keyof Calls, words: readonly unknown[]): FsSteps<unknown> =>
    Reflect.apply(calls[name], calls, words);
  const promises = {
    ...named(
      (name) =>
        async (...words: unknown[]) =>
          runSteps(kernel, steps(name, words)),
    ),
    open: async (...words: Parameters<Calls['open']>) =>
      new SimulatedFileHandle(await runSteps(kernel, calls.open(...words)), { calls, kernel }),
    constants,
  };
  const fs: Record<string, unknown> = {
    ...named((name) => withCallback(kernel, name, (words) => steps(name, words))),
    promises,
    constants,
  };
  for (const name of NAMES) {
    fs[`${name}Sync`] = (...words: unknown[]) => runStepsNow(kernel, steps(name, words));
  }
  fs['existsSync'] = (path: FsPath) => exists(() => runStepsNow(kernel, calls.stat(path)));
  fs['createReadStream'] = (path: FsPath, options?: object | BufferEncoding) =>
    createReadStream(path, streamOptions(fs, options));
  fs['createWriteStream'] = (path: FsPath, options?: object | BufferEncoding) =>
    createWriteStream(path, streamOptions(fs, options));
  return fs as SimulatedNodeFs;
}

type Callback = (error: unknown, ...results: unknown[]) => void;

/** `read` and `write` give their buffer back as well. */
function withCallback(
  kernel: Kernel,
  name: keyof Calls,
  steps: (words: readonly unknown[]) => FsSteps<unknown>,
): (...words: readonly unknown[]) => void {
  return (...words) => {
    const callback = words.at(-1);
    if (typeof callback !== 'function') throw new TypeError(`fs.${name} needs a callback`);
    const settle = callback as Callback;
    const given = words.slice(0, -1);
    const more = name === 'read' || name === 'write' || name === 'writev' ? [given[1]] : [];
    void runSteps(kernel, steps(given)).then(
      (result) => process.nextTick(settle, null, ...(result === undefined ? [] : [result]), ...more),
      (error: unknown) => process.nextTick(settle, error),
    );
  };
}

function exists(look: () => unknown): boolean {
  try {
    look();
    return true;
  } catch {
    return false;
  }
}

/** Node's own streams take the functions that they call. */
function streamOptions(fs: object, options: object | BufferEncoding | undefined): object {
  return { ...(typeof options === 'string' ? { encoding: options } : options), fs };
}

function named(make: (name: keyof Calls) => unknown): Record<string, unknown> {
  return Object.fromEntries(NAMES.map((name) => [name, make(name)]));
}
