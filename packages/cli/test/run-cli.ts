import { createHash } from 'node:crypto';
import { lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable, type Writable } from 'node:stream';
import type { StorageDirectory } from '@seglog/core';
import { PreadDirectory } from '@seglog/fs-pread';
import { copyDirectory, type StoreImage } from '@seglog/testing';
import { runCommand } from '../src/run-command.js';

export interface CliRun {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface CliSetup {
  readonly input?: string;
  readonly colors?: boolean;
  readonly interactive?: boolean;
  readonly signal?: AbortSignal;
}

/** Runs one command line in this process. */
export async function seglog(words: readonly string[], setup: CliSetup = {}): Promise<CliRun> {
  const [output, errors] = [collector(), collector()];
  const code = await runCommand(words, {
    input: Readable.from(setup.input === undefined ? [] : [setup.input]),
    output: output.stream,
    errors: errors.stream,
    colors: setup.colors ?? false,
    interactive: setup.interactive ?? false,
    columns: 100,
    signal: setup.signal ?? new AbortController().signal,
  });
  return { code, out: output.text(), err: errors.text() };
}

function collector(): { readonly stream: Writable; text(): string } {
  const stream = new PassThrough();
  const parts: string[] = [];
  stream.on('data', (part: Buffer) => parts.push(part.toString()));
  return { stream, text: () => parts.join('') };
}

let scratch: string | undefined;
let made = 0;

/** Removes every store that the tests of one file have made; files may share this process, one after the other. */
export function removeStores(): void {
  if (scratch !== undefined) rmSync(scratch, { recursive: true, force: true });
  scratch = undefined;
}

/** A path that nothing stands at, in a folder that goes with `removeStores`. */
export function freshPath(): string {
  made += 1;
  scratch ??= mkdtempSync(join(tmpdir(), 'seglog-cli-'));
  return join(scratch, `store-${made}`);
}

/** A store on the real disk. */
export async function storeOnDisk(source: StorageDirectory): Promise<string> {
  const path = freshPath();
  const target = await PreadDirectory.open(path);
  await copyInto(await copyDirectory(source), target);
  await target.close();
  return path;
}

async function copyInto(source: StorageDirectory, target: StorageDirectory): Promise<void> {
  for (const { name, kind } of await source.list()) {
    if (kind === 'directory') {
      const child = await source.directory(name, { create: false });
      await copyInto(child, await target.directory(name, { create: true }));
      continue;
    }
    const sizeBytes = (await source.sizeOf(name)) ?? 0;
    const reader = await source.openReader(name, { sealed: true, writtenBytes: () => sizeBytes });
    const file = await target.create(name);
    await file.write(0, [await reader.read(0, new Uint8Array(sizeBytes))]);
    await file.close();
    await reader.close();
  }
}

/** Names, contents and times of change of everything below a path. */
export function fingerprint(path: string): string {
  const hash = createHash('sha256');
  for (const name of readdirSync(path, { recursive: true, encoding: 'utf8' }).toSorted()) {
    const whole = join(path, name);
    const facts = lstatSync(whole, { bigint: true });
    hash.update(`${name} ${facts.mode} ${facts.size} ${facts.mtimeNs} ${facts.ctimeNs}\n`);
    if (facts.isFile()) hash.update(readFileSync(whole));
  }
  return hash.digest('hex');
}

/** One file of an image whose path a pattern matches. */
export function fileLike(image: StoreImage, pattern: RegExp): string {
  const found = [...image.keys()].find((file) => pattern.test(file));
  if (found === undefined) throw new Error(`no file is like ${String(pattern)}`);
  return found;
}
