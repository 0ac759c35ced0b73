import { lstatSync, type Stats } from 'node:fs';
import * as fs from 'node:fs/promises';
import { basename } from 'node:path';
import type { StorageEntry } from '@seglog/core';
import type { DescriptorPool } from './descriptor-pool.js';
import { DIRECTORY_MODE, OPEN_DIRECTORY } from './open-flags.js';
import { errnoOf, refusal } from './storage-failure.js';

export async function listEntries(path: string): Promise<readonly StorageEntry[]> {
  const entries = await fs.readdir(path, { withFileTypes: true });
  return entries.map((entry) => ({ name: entry.name, kind: kindOf(entry) }));
}

/** Size of the regular file at `path`; undefined for anything else. */
export async function sizeOfFile(path: string): Promise<number | undefined> {
  const stats = statOf(path);
  return stats?.isFile() === true ? stats.size : undefined;
}

/** Makes sure that a directory, and no link to one, is at `path`. */
export async function openDirectory(path: string, options: { readonly create: boolean }): Promise<void> {
  if (options.create) await makeDirectory(path);
  const facts = { call: 'opendir', name: basename(path) };
  const stats = statOf(path);
  if (stats === undefined) throw refusal('there is no such directory', { ...facts, errno: 'ENOENT' });
  if (!stats.isDirectory()) throw refusal('the name is not a directory', { ...facts, errno: 'ENOTDIR' });
}

/** Makes a directory for its owner alone, unless the name exists. */
export async function makeDirectory(path: string): Promise<void> {
  try {
    await fs.mkdir(path, { mode: DIRECTORY_MODE });
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error;
  }
}

/** Both files are held meanwhile: neither could be opened again under the name that it had. */
export async function renameFile(pool: DescriptorPool, source: string, target: string): Promise<void> {
  await requireFile(source, { mustExist: true });
  await requireFile(target, { mustExist: false });
  if (source === target) return;
  const letGo = [source, target].map((path) => pool.hold(path, { tree: false }));
  try {
    await fs.rename(source, target);
    pool.moved(source, target);
  } finally {
    for (const release of letGo) release();
  }
}

/** A link is removed itself, what it points to is not looked at. */
export async function removeEntry(pool: DescriptorPool, path: string): Promise<void> {
  const stats = statOf(path);
  if (stats === undefined) return;
  const release = pool.hold(path, { tree: stats.isDirectory() });
  try {
    if (stats.isDirectory()) await fs.rm(path, { recursive: true, force: true });
    else await unlinkIfThere(path);
  } finally {
    release();
  }
}

export async function syncDirectory(pool: DescriptorPool, path: string): Promise<void> {
  const descriptor = await pool.openBare(path, OPEN_DIRECTORY);
  try {
    await pool.calls.fsync(descriptor);
  } finally {
    await pool.calls.close(descriptor);
  }
}

/**
 * What the name itself is, links unfollowed; undefined when there is none. On the calling thread: the way through another
 * one takes twenty times as long as the look, and opening a log looks often.
 */
function statOf(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false });
}

async function requireFile(path: string, options: { readonly mustExist: boolean }): Promise<void> {
  const stats = statOf(path);
  if (stats === undefined ? !options.mustExist : stats.isFile()) return;
  const facts = { call: 'rename', name: basename(path) };
  if (stats === undefined) throw refusal('there is no such file', { ...facts, errno: 'ENOENT' });
  throw refusal('only files are renamed', { ...facts, errno: stats.isDirectory() ? 'EISDIR' : 'EINVAL' });
}

async function unlinkIfThere(path: string): Promise<void> {
  try {
    await fs.unlink(path);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
  }
}

function kindOf(entry: { isFile(): boolean; isDirectory(): boolean }): StorageEntry['kind'] {
  if (entry.isFile()) return 'file';
  return entry.isDirectory() ? 'directory' : 'other';
}
