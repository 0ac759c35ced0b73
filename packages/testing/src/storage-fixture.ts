import type { OpenReaderOptions, SegmentReader, StorageDirectory } from '@seglog/core';
import type { SuiteRunner } from './suite-runner.js';

/** A fresh, empty data root for one test. */
export interface StorageFixture {
  readonly directory: StorageDirectory;
  /** Closes the directory if the test has not, and leaves nothing behind. */
  dispose(): Promise<void>;
}

export type CreateStorage = () => StorageFixture | Promise<StorageFixture>;

/** Declares one test that runs on a root of its own. */
export type StorageCheck = (title: string, body: (directory: StorageDirectory) => Promise<void>) => void;

export function storageCheck(runner: SuiteRunner, create: CreateStorage): StorageCheck {
  return (title, body) => {
    runner.test(title, async () => {
      const fixture = await create();
      try {
        await body(fixture.directory);
      } finally {
        await fixture.dispose();
      }
    });
  };
}

/** Creates a file with this content and closes it. */
export async function putFile(directory: StorageDirectory, name: string, content: Uint8Array): Promise<void> {
  const file = await directory.create(name);
  await file.write(0, [content]);
  await file.close();
}

/** Everything that a file holds, through a reader of its own. */
export async function contentOf(directory: StorageDirectory, name: string): Promise<Uint8Array> {
  const sizeBytes = (await directory.sizeOf(name)) ?? 0;
  const reader = await directory.openReader(name, { sealed: false, writtenBytes: () => sizeBytes });
  try {
    return await readAt(reader, 0, sizeBytes);
  } finally {
    await reader.close();
  }
}

/** A copy of what a reader answers, which nothing invalidates. */
export async function readAt(reader: SegmentReader, position: number, length: number): Promise<Uint8Array> {
  return Uint8Array.from(await reader.read(position, new Uint8Array(length)));
}

/** For a reader that is opened and not read. */
export const noBytesYet: OpenReaderOptions = { sealed: false, writtenBytes: () => 0 };

/** Every method that takes a name, called with one. */
export function callsWith(directory: StorageDirectory, name: string): (() => Promise<unknown>)[] {
  return [
    async () => directory.create(name),
    async () => directory.open(name),
    async () => directory.openReader(name, noBytesYet),
    async () => directory.sizeOf(name),
    async () => directory.directory(name, { create: true }),
    async () => directory.directory(name, { create: false }),
    async () => directory.remove(name),
    async () => directory.lock(name),
  ];
}
