import {
  MemoryDirectory,
  type OpenReaderOptions,
  SeglogError,
  type SegmentReader,
  type StorageDirectory,
  type WritableFile,
} from '@seglog/core';
import { describe, expect, test } from 'vitest';
import { type StorageFixture, segmentReaderConformance, storageDirectoryConformance } from '../src/index.js';
import { replaced } from './planted/replaced.js';
import { failuresOf } from './planted-runner.js';

/** What a faulty disk does otherwise than the sound one below it, in every directory of its tree. */
interface Bug {
  directory?(sound: StorageDirectory): Partial<StorageDirectory>;
  file?(sound: WritableFile): Partial<WritableFile>;
  reader?(sound: SegmentReader, context: ReaderContext): Partial<SegmentReader>;
}

interface ReaderContext {
  readonly directory: StorageDirectory;
  readonly name: string;
  readonly options: OpenReaderOptions;
}

function plant(sound: StorageDirectory, bug: Bug): StorageDirectory {
  const file = async (opened: Promise<WritableFile>): Promise<WritableFile> => {
    const whole = await opened;
    return replaced(whole, bug.file?.(whole) ?? {});
  };
  const changed = replaced(sound, bug.directory?.(sound) ?? {});
  return replaced(changed, {
    directory: async (name, options) => plant(await changed.directory(name, options), bug),
    create: (name) => file(changed.create(name)),
    open: (name) => file(changed.open(name)),
    openReader: async (name, options) => {
      const reader = await changed.openReader(name, options);
      return replaced(reader, bug.reader?.(reader, { directory: sound, name, options }) ?? {});
    },
  });
}

const disk = (bug: Bug) => (): StorageFixture => {
  const directory = new MemoryDirectory();
  return { directory: plant(directory, bug), dispose: () => directory.close() };
};

const ignoring = async (work: () => Promise<unknown>): Promise<void> => {
  try {
    await work();
  } catch (error) {
    if (!SeglogError.is(error) && !(error instanceof RangeError)) throw error;
  }
};

const open = { [Symbol.asyncDispose]: (): Promise<void> => Promise.resolve() };
const everything = Number.MAX_SAFE_INTEGER;

const disks: Readonly<Record<string, Bug>> = {
  'names are not checked when they are looked up': {
    directory: (sound) => ({
      sizeOf: async (name) => (/^[\w.-]+$/.test(name) ? sound.sizeOf(name) : undefined),
    }),
  },
  'names are not checked when they are removed': {
    directory: (sound) => ({ remove: (name) => ignoring(() => sound.remove(name)) }),
  },
  'create opens what exists': {
    directory: (sound) => ({
      create: async (name) =>
        (await sound.sizeOf(name)) === undefined ? sound.create(name) : sound.open(name),
    }),
  },
  'open makes what is missing': {
    directory: (sound) => ({
      open: async (name) =>
        (await sound.sizeOf(name)) === undefined ? sound.create(name) : sound.open(name),
    }),
  },
  'children are made although nobody asked': {
    directory: (sound) => ({ directory: (name) => sound.directory(name, { create: true }) }),
  },
  'children are not listed': {
    directory: (sound) => ({
      list: async () => (await sound.list()).filter((entry) => entry.kind === 'file'),
    }),
  },
  'rename does nothing': { directory: () => ({ rename: () => Promise.resolve() }) },
  'rename refuses to replace': {
    directory: (sound) => ({
      rename: async (source, target) => {
        if ((await sound.sizeOf(target)) !== undefined) throw new SeglogError('STORAGE', 'it exists');
        return sound.rename(source, target);
      },
    }),
  },
  'removing twice is an error': {
    directory: (sound) => ({
      remove: async (name) => {
        if ((await sound.list()).every((entry) => entry.name !== name))
          throw new SeglogError('STORAGE', 'gone');
        return sound.remove(name);
      },
    }),
  },
  'a child is not removed': {
    directory: (sound) => ({
      remove: async (name) => {
        const found = (await sound.list()).find((entry) => entry.name === name);
        return found?.kind === 'directory' ? undefined : sound.remove(name);
      },
    }),
  },
  'lock is skipped': { directory: () => ({ lock: () => Promise.resolve(open) }) },
  'the lock file goes with the lock': {
    directory: (sound) => ({
      lock: async (name) => {
        const held = await sound.lock(name);
        const release = async (): Promise<void> => {
          await held[Symbol.asyncDispose]();
          await sound.remove(name);
        };
        return { [Symbol.asyncDispose]: release };
      },
    }),
  },
  'a lock works that is not claimed': {
    directory: (sound) => ({ supports: { ...sound.supports, lock: false } }),
  },
  'a sync works that is not claimed': {
    directory: (sound) => ({ supports: { ...sound.supports, directorySync: false } }),
  },
  'close does nothing': { directory: () => ({ close: () => Promise.resolve() }) },
  'a size is one too large': {
    directory: (sound) => ({
      sizeOf: async (name) => {
        const size = await sound.sizeOf(name);
        return size === undefined ? undefined : size + 1;
      },
    }),
  },
  'the last chunk is left out': {
    file: (sound) => ({ write: (position, chunks) => sound.write(position, chunks.slice(0, -1)) }),
  },
  'no more than 1,024 chunks are written': {
    file: (sound) => ({ write: (position, chunks) => sound.write(position, chunks.slice(0, 1024)) }),
  },
  'a short write is taken for a whole one': {
    file: (sound) => ({
      write: (position, chunks) =>
        sound.write(
          position,
          chunks.map((chunk) => chunk.subarray(0, 1_048_576)),
        ),
    }),
  },
  'a write without a position goes to the front': {
    file: (sound) => ({
      write: (position, chunks) => sound.write(Number.isNaN(position) ? 0 : position, chunks),
    }),
  },
  'an empty write makes the file longer': {
    file: (sound) => ({
      write: async (position, chunks) => {
        await sound.write(position, chunks);
        if (sound.sizeBytes < position) await sound.truncate(position);
      },
    }),
  },
  'chunks are changed': {
    file: (sound) => ({
      write: async (position, chunks) => {
        await sound.write(position, chunks);
        for (const chunk of chunks) chunk[0] = 0;
      },
    }),
  },
  'truncate does not cut': {
    file: (sound) => ({
      truncate: async (size) => (size < sound.sizeBytes ? undefined : sound.truncate(size)),
    }),
  },
  'preallocate goes over what was written': {
    file: (sound) => ({ preallocate: async (size) => sound.write(0, [new Uint8Array(size)]) }),
  },
  'preallocate cuts': { file: (sound) => ({ preallocate: (size) => sound.truncate(size) }) },
  'a closed file takes writes': { file: () => ({ close: () => Promise.resolve() }) },
};

const readers: Readonly<Record<string, Bug>> = {
  'bytes beyond the written end are returned': {
    directory: (sound) => ({
      openReader: (name, options) => sound.openReader(name, { ...options, writtenBytes: () => everything }),
    }),
  },
  'the whole scratch is returned': {
    reader: (sound) => ({
      read: async (position, scratch) => {
        await sound.read(position, scratch);
        return scratch;
      },
    }),
  },
  'one buffer serves all reads': {
    reader: (sound) => {
      const shared = new Uint8Array(1_000_000);
      return { read: (position, scratch) => sound.read(position, shared.subarray(0, scratch.length)) };
    },
  },
  'what lies around the scratch is overwritten': {
    reader: (sound) => ({
      read: async (position, scratch) => {
        const bytes = Uint8Array.from(await sound.read(position, scratch));
        new Uint8Array(scratch.buffer).fill(0);
        scratch.set(bytes);
        return scratch.subarray(0, bytes.length);
      },
    }),
  },
  'a closed reader reads on': { reader: () => ({ close: () => Promise.resolve() }) },
  'the last byte is missing': {
    directory: (sound) => ({
      openReader: (name, options) =>
        sound.openReader(name, { ...options, writtenBytes: () => options.writtenBytes() - 1 }),
    }),
  },
  'the written end is asked for only once': {
    directory: (sound) => ({
      openReader: (name, options) => {
        const end = options.writtenBytes();
        return sound.openReader(name, { ...options, writtenBytes: () => end });
      },
    }),
  },
  'a long read ends early': {
    reader: (sound) => ({
      read: (position, scratch) => sound.read(position, scratch.subarray(0, 65_536)),
    }),
  },
  'a fraction of a position is dropped': {
    reader: (sound) => ({ read: (position, scratch) => sound.read(Math.floor(position), scratch) }),
  },
  'the file is found by its name at each read': {
    reader: (_, { directory, name, options }) => ({
      read: async (position, scratch) => {
        const reader = await directory.openReader(name, options);
        return reader.read(position, scratch);
      },
    }),
  },
};

describe('the exam of directories notices that', () => {
  test.each(Object.entries(disks))('%s', async (_, bug) => {
    const failures = await failuresOf((runner) => storageDirectoryConformance(runner, 'faulty', disk(bug)));
    expect(failures).not.toEqual([]);
  });
});

describe('the exam of readers notices that', () => {
  test.each(Object.entries(readers))('%s', async (_, bug) => {
    const failures = await failuresOf((runner) => segmentReaderConformance(runner, 'faulty', disk(bug)));
    expect(failures).not.toEqual([]);
  });
});

test('a sound disk passes through the same hands', async () => {
  const failures = await failuresOf((runner) => {
    storageDirectoryConformance(runner, 'sound', disk({}));
    segmentReaderConformance(runner, 'sound', disk({}));
  });
  expect(failures).toEqual([]);
});
