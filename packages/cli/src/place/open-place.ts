import { basename, dirname, resolve } from 'node:path';
import { holdsLog, ReadOnlyDirectory, SeglogError, type StorageDirectory } from '@seglog/core';
import { PreadDirectory } from '@seglog/fs-pread';
import { misuse } from '../command/given.js';
import { CommandFailure, EXIT } from './exit-code.js';

/** Reads in one go and on this thread: nobody else waits for the event loop of a command. */
const READ_BYTES = 4 * 1024 * 1024;

/** What stands at a path. */
export interface Place {
  /** As it was given. */
  readonly path: string;
  /**
   * - `root`: a data root, with a session, a catalog or topics.
   * - `log`: the directory of one log.
   * - `topic`: a directory of partitions.
   * - `foreign`: anything else.
   */
  readonly kind: 'root' | 'log' | 'topic' | 'foreign';
  /** Nothing in it can be changed through this. */
  readonly directory: StorageDirectory;
  close(): Promise<void>;
}

/** A file, seen from its directory. */
export interface FilePlace {
  readonly path: string;
  readonly name: string;
  readonly directory: StorageDirectory;
  close(): Promise<void>;
}

/** Opens a directory for looking at it: no lock, no change. */
export async function openPlace(path: string): Promise<Place> {
  if (path === '') throw misuse('the path of the directory is empty');
  const directory = readOnly(path);
  try {
    const kind = await kindOf(directory);
    return { path, kind, directory, close: () => directory.close() };
  } catch (error) {
    await directory.close();
    throw explained(error, path);
  }
}

/** As `openPlace`, and refuses what is no store. */
export async function openStore(path: string): Promise<Place> {
  const place = await openPlace(path);
  if (place.kind !== 'foreign') return place;
  await place.close();
  throw new CommandFailure(`there is no store in ${path}`, {
    exitCode: EXIT.noStore,
    code: 'NO_STORE',
    wayOut:
      'give the data root (the directory with SESSION and topics/), the directory of a topic, or that of a partition (with CURRENT)',
  });
}

/** Refuses whatever is no data root: only that has a catalog, and the lock that keeps other writers away. */
export async function requireRoot(path: string): Promise<void> {
  const place = await openStore(path);
  await place.close();
  if (place.kind === 'root') return;
  throw new CommandFailure(`${path} is not a data root`, {
    exitCode: EXIT.noStore,
    code: 'NO_ROOT',
    wayOut: 'give the directory that holds SESSION and topics/, not one of a topic or of a partition in it',
  });
}

/** Opens the directory of a file, if the path is one; undefined if it is a directory. */
export async function openFile(path: string): Promise<FilePlace | undefined> {
  const whole = resolve(path);
  const name = basename(whole);
  if (!/^[A-Za-z0-9._-]{1,255}$/.test(name)) return undefined;
  const directory = readOnly(dirname(whole));
  try {
    const entry = (await directory.list()).find((one) => one.name === name);
    if (entry?.kind === 'file') return { path, name, directory, close: () => directory.close() };
  } catch (error) {
    await directory.close();
    throw explained(error, path);
  }
  await directory.close();
  return undefined;
}

function readOnly(path: string): StorageDirectory {
  const options = { create: false, syncReadBytes: READ_BYTES };
  return new ReadOnlyDirectory(new PreadDirectory(path, options));
}

async function kindOf(directory: StorageDirectory): Promise<Place['kind']> {
  const entries = await directory.list();
  const has = (name: string, kind: string): boolean =>
    entries.some((entry) => entry.name === name && entry.kind === kind);
  if (has('SESSION', 'file') || has('catalog', 'directory') || has('topics', 'directory')) return 'root';
  if (await holdsLog(directory)) return 'log';
  for (const { name, kind } of entries) {
    if (kind !== 'directory') continue;
    if (await holdsLog(await directory.directory(name, { create: false }))) return 'topic';
  }
  return 'foreign';
}

/** What the system says about a path, in words that help. */
export function explained(error: unknown, path: string): unknown {
  if (!SeglogError.is(error, 'STORAGE')) return error;
  const { errno } = error.facts;
  if (errno === 'ENOENT' || errno === 'ENOTDIR') {
    return new CommandFailure(`there is no directory ${path}`, {
      exitCode: EXIT.noStore,
      code: 'NO_STORE',
      wayOut: 'check the path; nothing was made or changed',
      cause: error,
    });
  }
  return error;
}
