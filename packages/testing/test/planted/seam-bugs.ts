import {
  batchFrameCodec,
  type Checksum,
  crc32c,
  type FrameCodec,
  fileIndex,
  type IndexStoreFactory,
  type LogComponents,
  MemoryDirectory,
  type RandomSource,
  SeglogError,
  type SegmentCodec,
  type StorageDirectory,
  type WritableFile,
} from '@seglog/core';
import { replaced } from './replaced.js';

/** A bug in a part that an engine is put together from. The engine itself is sound. */
export interface SeamBug {
  readonly parts?: Partial<LogComponents>;
  readonly directory?: (sound: StorageDirectory) => StorageDirectory;
  /** The case that notices it. */
  readonly by?: string;
}

type Plant = (sound: StorageDirectory) => StorageDirectory;
type Change<T> = (sound: T, name: string) => Partial<T>;

/** The bug is in the directory and in all below it. */
function planted(change: Change<StorageDirectory>, changeFile: Change<WritableFile> = () => ({})): Plant {
  const file = async (name: string, opened: Promise<WritableFile>): Promise<WritableFile> => {
    const whole = await opened;
    return replaced(whole, changeFile(whole, name));
  };
  const plant = (sound: StorageDirectory): StorageDirectory => {
    const changed = replaced(sound, change(sound, ''));
    return replaced(changed, {
      directory: async (name, options) => plant(await changed.directory(name, options)),
      create: (name) => file(name, changed.create(name)),
      open: (name) => file(name, changed.open(name)),
    });
  };
  return plant;
}

const inFiles = (change: Change<WritableFile>): Plant => planted(() => ({}), change);
const settled = async (): Promise<void> => undefined;

function codecWith(change: (segment: SegmentCodec) => Partial<SegmentCodec>, context = {}): FrameCodec {
  const batch = batchFrameCodec();
  return replaced(batch, {
    forSegment: (given) => {
      const segment = batch.forSegment({ ...given, ...context });
      return replaced(segment, change(segment));
    },
  });
}

const sound = fileIndex({ checksum: crc32c() });
const credulous: IndexStoreFactory = (directory) => ({
  name: 'file',
  remove: (segment) => sound(directory).remove(segment),
  open: (segment) => sound(directory).open({ ...segment, endPosition: 2 ** 50, nextOffset: 2 ** 50 }),
});
const overshooting: IndexStoreFactory = (directory) => {
  const store = sound(directory);
  return replaced(store, {
    open: async (segment) => {
      const { index, coveredUpTo } = await store.open(segment);
      return { coveredUpTo, index: replaced(index, { floor: (offset) => index.floor(offset + 1) }) };
    },
  });
};

const constant: Checksum = { id: 1, name: 'crc32c', of: () => 0x5a5a5a5a };
const repeating: RandomSource = { bytes: (count) => new Uint8Array(count).fill(7) };

/** Retries a sync on the same file: what the first one failed to write counts as written. */
function retrying(file: WritableFile): Partial<WritableFile> {
  return { sync: () => file.sync().catch(() => undefined) };
}

/** Writes half of what it is given, once in a while, and calls it done. */
function shortWriting(file: WritableFile): Partial<WritableFile> {
  return {
    write: (position, chunks) => {
      const bytes = Buffer.concat(chunks);
      return file.write(position, [bytes.length > 400 ? bytes.subarray(0, bytes.length >> 1) : bytes]);
    },
  };
}

/** Copies, then removes the source: a crash in between leaves both, or half of the target. */
async function copyRename(directory: StorageDirectory, source: string, target: string): Promise<void> {
  const size = (await directory.sizeOf(source)) ?? 0;
  const reader = await directory.openReader(source, { sealed: false, writtenBytes: () => size });
  const bytes = Uint8Array.from(await reader.read(0, new Uint8Array(size)));
  await reader.close();
  await directory.remove(target);
  const file = await directory.create(target);
  await file.write(0, [bytes]);
  await file.close();
  await directory.remove(source);
}

const held = { [Symbol.asyncDispose]: settled };
const lazily = (call: () => Promise<void>): Promise<void> => {
  call().catch(() => undefined);
  return Promise.resolve();
};

export const SEAM_BUGS: Readonly<Record<string, SeamBug>> = {
  'directories are never synced': { directory: planted(() => ({ sync: settled })), by: 'crash: roll' },
  'files are never synced': { directory: inFiles(() => ({ sync: settled })), by: 'crash: append' },
  'a sync resolves before it is done': {
    directory: inFiles((file) => ({ sync: () => lazily(() => file.sync()) })),
    by: 'crash: slow calls',
  },
  'a failed sync is swallowed': { directory: inFiles(retrying), by: 'faults: append, roll' },
  'truncate does nothing': {
    directory: inFiles((file) => ({
      truncate: (bytes) => (bytes < file.sizeBytes ? settled() : file.truncate(bytes)),
    })),
    by: 'random stores',
  },
  'short writes pass for whole ones': { directory: inFiles(shortWriting), by: 'random stores' },
  'temporary files are not synced': {
    directory: inFiles((_, name) => (name.endsWith('.tmp') ? { sync: settled } : {})),
    by: 'crash: journal',
  },
  'manifests are not synced': {
    directory: inFiles((_, name) => (name.startsWith('MANIFEST') ? { sync: settled } : {})),
    by: 'crash: roll',
  },
  'a rename is a copy': {
    directory: planted((directory) => ({
      rename: (source, target) => copyRename(directory, source, target),
    })),
    by: 'crash: journal',
  },
  'nothing is ever removed': { directory: planted(() => ({ remove: settled })), by: 'crash: journal' },
  'a lock is always granted': { directory: planted(() => ({ lock: async () => held })), by: 'crash: append' },
  'a full disk is reported as nothing at all': {
    directory: inFiles((file) => ({
      write: (position, chunks) =>
        file.write(position, chunks)?.catch((error: unknown) => {
          if (!SeglogError.is(error, 'STORAGE_FULL')) throw error;
        }),
    })),
    by: 'faults: append, roll',
  },
  'frames are bound to no segment': {
    parts: { codec: codecWith(() => ({}), { salt: 1, logId: new Uint8Array(16) }) },
    by: 'exam of codecs',
  },
  'frames are longer than they may be': {
    parts: { codec: codecWith(() => ({}), { maxFrameBytes: 2 ** 31 }) },
    by: 'exam of codecs',
  },
  'frames are never verified': {
    parts: { codec: codecWith(() => ({ verify: () => true })) },
    by: 'golden stores',
  },
  'frames forget their epoch': {
    parts: {
      codec: codecWith((segment) => ({
        encode: (batch, target, position) => segment.encode({ ...batch, epoch: 0 }, target, position),
      })),
    },
    by: 'exam of codecs',
  },
  'frames claim that everything is stable': {
    parts: {
      codec: codecWith((segment) => ({
        encode: (batch, target, position) =>
          segment.encode({ ...batch, stableUpTo: batch.baseOffset + batch.count }, target, position),
      })),
    },
    by: 'crash: groups',
  },
  'every checksum is the same': { parts: { checksum: constant, crc32c: constant }, by: 'damaged stores' },
  'an index is believed whatever it says': { parts: { index: credulous }, by: 'exam of indexes' },
  'an index overshoots': { parts: { index: overshooting }, by: 'exam of indexes' },
  'a policy promises a sync and never asks for one': {
    parts: { syncPolicy: () => ({ name: 'broken', acknowledge: 'synced', decide: () => 'later' }) },
    by: 'exam of policies',
  },
  'a policy says written and means synced': {
    parts: { syncPolicy: () => ({ name: 'never', acknowledge: 'written', decide: () => 'later' }) },
    by: 'exam of logs',
  },
  'epochs repeat': {
    parts: { epochs: { epoch: 1, raiseEpoch: async () => 1 } },
    by: 'epochs',
  },
  'chance repeats itself': { parts: { random: repeating }, by: 'random stores' },
};

/** A directory in memory behind the bug's own, if it has one. */
export function plantedMemory({ directory }: SeamBug): StorageDirectory {
  const memory = new MemoryDirectory();
  return directory?.(memory) ?? memory;
}
