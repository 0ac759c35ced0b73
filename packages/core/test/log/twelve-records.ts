import { expect } from 'vitest';
import {
  type Log,
  type LogSettings,
  MemoryDirectory,
  SeglogError,
  type StorageDirectory,
} from '../../src/index.js';
import { type BenchLog, closeCleanly, contentOf, copyOf, openOn, putFile, record } from './log-bench.js';

export const textOf = (offset: number): string => `value ${offset} `.padEnd(20 + (offset % 5) * 9, '.');

/** Small segments and indexes that know every frame. */
export const SMALL: Partial<LogSettings> = {
  watermarkDelayMs: 0,
  indexIntervalBytes: 1,
  preallocateBytes: 0,
  deleteDelayMs: 60_000,
};

/** Twelve records, one frame each: 0 to 3 and 4 to 7 in sealed segments, the rest in the active one, its recovery point at 10. */
export async function twelveRecords({ closed }: { readonly closed: boolean }): Promise<MemoryDirectory> {
  const root = new MemoryDirectory();
  const one = await openOn(root, { settings: SMALL });
  for (let i = 0; i < 10; i++) {
    if (i === 4 || i === 8) await one.log.roll();
    await append(one, i);
  }
  await closeCleanly(one);
  const two = await openOn(root, { settings: SMALL });
  for (let i = 10; i < 12; i++) await append(two, i);
  await new Promise((resolve) => setTimeout(resolve, 10));
  const killed = await copyOf(root);
  await closeCleanly(two);
  return closed ? root : killed;
}

async function append({ log }: BenchLog, offset: number): Promise<void> {
  const producer = { id: 'p', epoch: 0, sequence: offset };
  await log.append([record(textOf(offset))], { producer });
}

/** Paths of all files below a directory. */
export async function pathsIn(directory: StorageDirectory, prefix = ''): Promise<readonly string[]> {
  const paths: string[] = [];
  for (const { name, kind } of await directory.list()) {
    if (kind === 'file') paths.push(prefix + name);
    else if (kind === 'directory') {
      paths.push(...(await pathsIn(await directory.directory(name, { create: false }), `${prefix}${name}/`)));
    }
  }
  return paths.toSorted();
}

async function locate(root: StorageDirectory, path: string): Promise<readonly [StorageDirectory, string]> {
  const parts = path.split('/');
  let directory = root;
  for (const part of parts.slice(0, -1)) directory = await directory.directory(part, { create: false });
  return [directory, parts.at(-1) ?? ''];
}

export async function readPath(root: StorageDirectory, path: string): Promise<Uint8Array> {
  return contentOf(...(await locate(root, path)));
}

/** A copy of a data root in which one file has other bytes, or is gone. */
export async function withFile(
  root: StorageDirectory,
  path: string,
  content: Uint8Array | undefined,
): Promise<MemoryDirectory> {
  const copy = await copyOf(root);
  const [directory, name] = await locate(copy, path);
  if (content === undefined) await directory.remove(name);
  else await putFile(directory, name, content);
  return copy;
}

/** What can be told of each offset below the log end: `ok`, `lost`, or `error` where a read rejects with a typed error. */
export async function survey(log: Log): Promise<readonly ('ok' | 'lost' | 'error')[]> {
  const { logStart, logEnd } = log.offsets();
  const found: ('ok' | 'lost' | 'error')[] = [];
  for (let offset = logStart; offset < logEnd; offset++) found.push(await surveyOne(log, offset));
  return found;
}

async function surveyOne(log: Log, offset: number): Promise<'ok' | 'lost' | 'error'> {
  try {
    const { records, gaps } = await log.read(offset, { maxRecords: 1, isolation: 'uncommitted' });
    const [first] = records;
    if (first?.offset === offset) {
      expect(new TextDecoder().decode(first.value ?? undefined)).toBe(textOf(offset));
      return 'ok';
    }
    expect(gaps[0]).toMatchObject({ from: offset, reason: 'lost' });
    return 'lost';
  } catch (error) {
    if (!SeglogError.is(error)) throw error;
    return 'error';
  }
}

export function openSmall(root: StorageDirectory, settings: Partial<LogSettings> = {}): Promise<BenchLog> {
  return openOn(root, { settings: { ...SMALL, ...settings } });
}

/** Opens, or tells the code of the typed error that kept it shut. */
export async function tryOpen(
  root: StorageDirectory,
  settings: Partial<LogSettings>,
): Promise<BenchLog | string> {
  try {
    return await openSmall(root, settings);
  } catch (error) {
    if (!SeglogError.is(error)) throw error;
    return error.code;
  }
}
