import { SeglogError, type StorageDirectory } from '@seglog/core';
import { damage } from '../simulated/damage.js';
import { KEPT } from '../simulated/fate.js';
import { SimulatedDisk, survivorOf } from '../simulated/simulated-disk.js';
import { messageOf } from './examination.js';

/** A store whose media are damaged while it is closed. */
export interface DamageStudy<Engine> {
  readonly name: string;
  /** Fills an empty disk, and lets go of it. */
  prepare(disk: SimulatedDisk): Promise<unknown>;
  open(disk: SimulatedDisk): Promise<Engine>;
  /** What the store holds, in order; what cannot be read rejects with a `SeglogError`. */
  read(engine: Engine): Promise<readonly string[]>;
  /**
   * How many lines at the end may be missing without an error: in a store that was not closed cleanly, damage of what
   * nothing proves durable cannot be told from a torn tail. 0 for a store that was closed.
   */
  readonly mayLose: number;
}

export interface FlipReport {
  readonly name: string;
  readonly files: number;
  readonly tried: number;
  /** The store opened and showed everything. */
  readonly unharmed: number;
  /** It said so: a `SeglogError` at open or at read. */
  readonly refused: number;
  /** It opened and showed less, where that is allowed. */
  readonly shorter: number;
  /** Wrong bytes, silent loss, a stall, or an error that is none of the family. Each in words. */
  readonly wrong: readonly string[];
  readonly elapsedMs: number;
}

/**
 * Flips bits of every file of a small store, one at a time, and opens it: what it shows must be what was written, or a
 * typed error. `stride` takes every so many bits only (default 1), beginning with bit `first` (default 0) of each file.
 */
export async function flipBits<Engine>(
  study: DamageStudy<Engine>,
  options: { readonly stride?: number | undefined; readonly first?: number | undefined } = {},
): Promise<FlipReport> {
  const startedMs = performance.now();
  const disk = new SimulatedDisk({ seed: 1 });
  await disk.run(() => study.prepare(disk));
  const snapshot = disk.snapshot();
  const copy = (): SimulatedDisk =>
    survivorOf(
      snapshot,
      snapshot.pending.map(() => KEPT),
      { seed: 1 },
    ).disk();
  const expected = await shown(study, copy());
  if (typeof expected === 'string') throw new Error(`the store cannot be read undamaged: ${expected}`);
  const counts = { tried: 0, unharmed: 0, refused: 0, shorter: 0 };
  const wrong: string[] = [];
  const files = await filesBelow(copy().root);
  for (const { path, sizeBytes } of files) {
    for (let bit = options.first ?? 0; bit < sizeBytes * 8; bit += options.stride ?? 1) {
      const damaged = copy();
      await flip(damaged.root, path, bit);
      const found = await shown(study, damaged);
      counts.tried += 1;
      const verdict = typeof found === 'string' ? refusal(found) : comparison(study, found, expected);
      if (verdict === 'unharmed' || verdict === 'refused' || verdict === 'shorter') counts[verdict] += 1;
      else wrong.push(`${path.join('/')} bit ${bit}: ${verdict}`);
      if (counts.tried % 512 === 0) await breathe();
    }
  }
  return {
    name: study.name,
    files: files.length,
    ...counts,
    wrong,
    elapsedMs: performance.now() - startedMs,
  };
}

/** What a store shows; as text the error that it gives instead, and `!` before one that is not of the family. */
async function shown<Engine>(
  study: DamageStudy<Engine>,
  disk: SimulatedDisk,
): Promise<readonly string[] | string> {
  try {
    return await disk.run(async () => study.read(await study.open(disk)));
  } catch (error) {
    return SeglogError.is(error) ? error.code : `!${messageOf(error)}`;
  } finally {
    disk.crash();
  }
}

function refusal(error: string): string {
  return error.startsWith('!') ? error.slice(1) : 'refused';
}

function comparison(
  { mayLose }: Pick<DamageStudy<unknown>, 'mayLose'>,
  found: readonly string[],
  expected: readonly string[],
): string {
  const differs = found.findIndex((line, i) => line !== expected[i]);
  if (differs !== -1)
    return `shows ${JSON.stringify(found[differs])?.slice(0, 80)} where it wrote something else`;
  if (found.length === expected.length) return 'unharmed';
  if (found.length < expected.length && found.length >= expected.length - mayLose) return 'shorter';
  return `shows ${found.length} of ${expected.length} and does not say why`;
}

async function flip(root: StorageDirectory, path: readonly string[], bit: number): Promise<void> {
  let directory = root;
  for (const name of path.slice(0, -1)) directory = await directory.directory(name, { create: false });
  await damage(directory, { kind: 'flip-bit', name: path.at(-1) ?? '', bit });
}

async function filesBelow(
  root: StorageDirectory,
): Promise<readonly { readonly path: readonly string[]; readonly sizeBytes: number }[]> {
  const files: { path: readonly string[]; sizeBytes: number }[] = [];
  const waiting: { directory: StorageDirectory; path: readonly string[] }[] = [{ directory: root, path: [] }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const { name, kind } of await next.directory.list()) {
      const path = [...next.path, name];
      if (kind === 'directory') {
        waiting.push({ directory: await next.directory.directory(name, { create: false }), path });
      } else files.push({ path, sizeBytes: (await next.directory.sizeOf(name)) ?? 0 });
    }
  }
  return files;
}

function breathe(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
