import assert from 'node:assert/strict';
import { SeglogError, type SegmentReader, type StorageDirectory, type WritableFile } from '@seglog/core';
import {
  type Arbitrary,
  array,
  asyncProperty,
  assert as check,
  constantFrom,
  nat,
  oneof,
  record,
} from 'fast-check';
import { patternBytes } from '../expectation.js';
import type { CreateStorage } from '../storage-fixture.js';

/** One call to a directory, or to a file or reader that an earlier call has opened under a slot. */
export type StorageStep =
  | { readonly call: 'create' | 'open' | 'openReader'; readonly name: string; readonly slot: number }
  | { readonly call: 'sizeOf' | 'remove' | 'enter' | 'makeChild'; readonly name: string }
  | { readonly call: 'list' }
  | { readonly call: 'syncDirectory' }
  | { readonly call: 'leave' }
  | { readonly call: 'rename'; readonly name: string; readonly target: string }
  | { readonly call: 'write'; readonly slot: number; readonly position: number; readonly bytes: number }
  | { readonly call: 'truncate'; readonly slot: number; readonly sizeBytes: number }
  | { readonly call: 'sync' | 'close'; readonly slot: number }
  | { readonly call: 'closeReader'; readonly slot: number }
  | { readonly call: 'read'; readonly slot: number; readonly position: number; readonly bytes: number };

export type StorageProgram = readonly StorageStep[];

/** Random sequences of calls over few names and small files: the same sequence must go the same way on every disk. */
export function storagePrograms(maxLength = 14): Arbitrary<StorageProgram> {
  const name = constantFrom('a', 'b', 'c', 'd');
  const slot = nat(2);
  const position = oneof(nat(40), constantFrom(511, 512, 4095, 4096, 5000));
  const bytes = oneof(nat(40), constantFrom(512, 4097));
  const step: Arbitrary<StorageStep> = oneof(
    { weight: 6, arbitrary: record({ call: constantFrom('create', 'open', 'openReader'), name, slot }) },
    { weight: 4, arbitrary: record({ call: constantFrom('sizeOf', 'remove', 'enter', 'makeChild'), name }) },
    { weight: 2, arbitrary: record({ call: constantFrom('list', 'syncDirectory', 'leave') }) },
    { weight: 2, arbitrary: record({ call: constantFrom('rename'), name, target: name }) },
    { weight: 6, arbitrary: record({ call: constantFrom('write'), slot, position, bytes }) },
    { weight: 2, arbitrary: record({ call: constantFrom('truncate'), slot, sizeBytes: position }) },
    { weight: 2, arbitrary: record({ call: constantFrom('sync', 'close', 'closeReader'), slot }) },
    { weight: 4, arbitrary: record({ call: constantFrom('read'), slot, position, bytes }) },
  );
  return array(step, { maxLength, size: 'max' });
}

/** Any random sequence of calls goes the same way on both; a difference is shrunk to the shortest one. */
export async function expectStoragesAgree(
  one: CreateStorage,
  other: CreateStorage,
  options: { readonly runs: number; readonly seed: number },
): Promise<void> {
  const property = asyncProperty(storagePrograms(), async (program) => {
    assert.deepEqual(await transcriptOn(one, program), await transcriptOn(other, program));
  });
  await check(property, { numRuns: options.runs, seed: options.seed });
}

async function transcriptOn(create: CreateStorage, program: StorageProgram): Promise<readonly string[]> {
  const fixture = await create();
  try {
    return await storageTranscript(fixture.directory, program);
  } finally {
    await fixture.dispose();
  }
}

/** Runs a program and writes down what each call answered, in a form that can be compared. */
export async function storageTranscript(
  root: StorageDirectory,
  program: StorageProgram,
): Promise<readonly string[]> {
  const run = new ProgramRun(root);
  const lines: string[] = [];
  for (const [i, step] of program.entries()) {
    lines.push(`${i} ${JSON.stringify(step)}: ${await answer(() => run.perform(step, i))}`);
  }
  return [...lines, ...(await run.end())];
}

async function answer(call: () => Promise<string>): Promise<string> {
  try {
    return await call();
  } catch (error) {
    if (SeglogError.is(error)) return `${error.code} ${String(error.facts['errno'] ?? '')}`;
    throw error;
  }
}

class ProgramRun {
  readonly #root: StorageDirectory;
  #directory: StorageDirectory;
  readonly #files = new Map<number, WritableFile>();
  readonly #readers = new Map<number, SegmentReader>();

  public constructor(root: StorageDirectory) {
    this.#root = root;
    this.#directory = root;
  }

  public async perform(step: StorageStep, seed: number): Promise<string> {
    if ('slot' in step) return this.#onFile(step, seed);
    if (step.call === 'list') return listed(this.#directory);
    if (step.call === 'sizeOf') return String(await this.#directory.sizeOf(step.name));
    if (step.call === 'syncDirectory') await this.#directory.sync();
    else if (step.call === 'remove') await this.#directory.remove(step.name);
    else if (step.call === 'rename') await this.#directory.rename(step.name, step.target);
    else if (step.call === 'leave') this.#directory = this.#root;
    else {
      const child = await this.#directory.directory(step.name, { create: step.call === 'makeChild' });
      if (step.call === 'enter') this.#directory = child;
    }
    return 'done';
  }

  /** Closes everything, and tells what is left on the disk. */
  public async end(): Promise<readonly string[]> {
    for (const one of [...this.#files.values(), ...this.#readers.values()]) await one.close();
    return contentLines(this.#root);
  }

  async #onFile(step: Extract<StorageStep, { readonly slot: number }>, seed: number): Promise<string> {
    if ('name' in step) return this.#open(step);
    if (step.call === 'read' || step.call === 'closeReader') {
      const reader = this.#readers.get(step.slot);
      if (reader === undefined) return 'no reader';
      if (step.call === 'closeReader') await reader.close();
      else return hex(await reader.read(step.position, new Uint8Array(step.bytes)));
      return 'closed';
    }
    const file = this.#files.get(step.slot);
    if (file === undefined) return 'no file';
    if (step.call === 'write') await file.write(step.position, [patternBytes(step.bytes, seed + 1)]);
    else if (step.call === 'truncate') await file.truncate(step.sizeBytes);
    else if (step.call === 'sync') await file.sync();
    else await file.close();
    // Not its size: who opens a file twice for writing is told by the directory how long it is.
    return 'done';
  }

  async #open(step: Extract<StorageStep, { readonly slot: number; readonly name: string }>): Promise<string> {
    const { name, slot } = step;
    if (step.call === 'openReader') {
      const size = (await this.#directory.sizeOf(name)) ?? 0;
      const reader = await this.#directory.openReader(name, { sealed: false, writtenBytes: () => size });
      await this.#readers.get(slot)?.close();
      this.#readers.set(slot, reader);
      return `reader of ${size} bytes`;
    }
    const file = await this.#directory[step.call](name);
    await this.#files.get(slot)?.close();
    this.#files.set(slot, file);
    return `file of ${file.sizeBytes} bytes`;
  }
}

async function listed(directory: StorageDirectory): Promise<string> {
  const entries = await directory.list();
  return entries
    .map(({ name, kind }) => `${name}:${kind}`)
    .toSorted()
    .join(' ');
}

async function contentLines(root: StorageDirectory): Promise<readonly string[]> {
  const lines: string[] = [];
  const waiting = [{ directory: root, path: '' }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { directory, path } = next;
    const entries = (await directory.list()).toSorted((one, other) => (one.name < other.name ? -1 : 1));
    for (const { name, kind } of entries) {
      const size = (await directory.sizeOf(name)) ?? 0;
      if (kind === 'directory') {
        waiting.push({
          directory: await directory.directory(name, { create: false }),
          path: `${path}/${name}`,
        });
        lines.push(`${path}/${name}/`);
      } else {
        const reader = await directory.openReader(name, { sealed: true, writtenBytes: () => size });
        lines.push(`${path}/${name} ${hex(await reader.read(0, new Uint8Array(size)))}`);
        await reader.close();
      }
    }
  }
  return lines;
}

function hex(bytes: Uint8Array): string {
  return `${bytes.length} bytes ${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex')}`;
}
