import { ContainerModule, type ContainerModuleLoadOptions, type ServiceIdentifier } from 'inversify';
import { batchFrameCodec } from './codec/batch-frame-codec.js';
import { crc32, crc32c } from './codec/checksums.js';
import { crcFrameCodec } from './codec/crc-frame-codec.js';
import type { Checksum } from './contract/checksum.js';
import type { Clock } from './contract/clock.js';
import type { FrameCodec } from './contract/frame-codec.js';
import type { IndexStoreFactory } from './contract/index-store.js';
import type { LogObserver } from './contract/log-observer.js';
import type { RandomSource } from './contract/random-source.js';
import type { Serde } from './contract/serde.js';
import { requireShape, type Shape } from './contract/shape.js';
import type { StorageDirectory } from './contract/storage-directory.js';
import type { SyncPolicyFactory } from './contract/sync-policy.js';
import { fileIndex } from './index/file-index-store.js';
import { INDEX_STORE_SHAPE, SYNC_POLICY_SHAPE } from './log/made-parts.js';
import { MemoryDirectory } from './memory/memory-directory.js';
import { type GroupCommitOptions, groupCommit, syncAlways } from './policy/sync-policies.js';
import { parseSyncPolicy } from './policy/sync-policy-text.js';
import { bytes } from './serde/bytes-serde.js';
import { cbor } from './serde/cbor-serde.js';
import { json } from './serde/json-serde.js';
import { string } from './serde/string-serde.js';
import { SystemClock } from './system/system-clock.js';
import { SystemRandom } from './system/system-random.js';
import { PARTITIONER_SHAPE } from './topic/make-partitioner.js';
import type { PartitionerFactory } from './topic/partitioner.js';
import { byKey } from './topic/partitioners.js';

/** Puts a disk on top of another one. */
export type DiskWrapper = (inner: StorageDirectory) => StorageDirectory;

/** The data root. No default: an engine says where its data lies. Closed by the engine. */
export const DISK: ServiceIdentifier<StorageDirectory> = token('disk');
/** Writes new segments. */
export const FRAME_CODEC: ServiceIdentifier<FrameCodec> = token('frame-codec');
/** Guards the frames of new segments. Metadata is always guarded by crc32c. */
export const CHECKSUM: ServiceIdentifier<Checksum> = token('checksum');
/** Where reading starts. One store for each partition, made by the log. */
export const INDEX_STORE: ServiceIdentifier<IndexStoreFactory> = token('index-store');
/** When to sync, and what a resolved append means. One policy for each partition, made by the log. */
export const SYNC_POLICY: ServiceIdentifier<SyncPolicyFactory> = token('sync-policy');
/** The only source of time. */
export const CLOCK: ServiceIdentifier<Clock> = token('clock');
/** The only source of chance: ids, salts, partitions of records without a key. */
export const RANDOM: ServiceIdentifier<RandomSource> = token('random');
/** The partitioner of topics that do not bring their own. */
export const PARTITIONER: ServiceIdentifier<PartitionerFactory> = token('partitioner');

/** Any number, in the order of their modules: the first one is next to the disk. */
export const DISK_WRAPPER: ServiceIdentifier<DiskWrapper> = token('disk-wrapper');
/** Any number: read segments that other codecs wrote. */
export const READING_CODEC: ServiceIdentifier<FrameCodec> = token('reading-codec');
/** Any number. */
export const READING_CHECKSUM: ServiceIdentifier<Checksum> = token('reading-checksum');
/** Any number; each hears every event. */
export const OBSERVER: ServiceIdentifier<LogObserver> = token('observer');
/** Any number: topics find their serdes by name. The last one of a name wins. */
export const SERDE: ServiceIdentifier<Serde<unknown>> = token('serde');

/** A part of an engine, and what it must be. */
export interface EnginePart {
  readonly token: ServiceIdentifier;
  readonly name: string;
  readonly shape: Shape;
}

/** A part of which an engine has one: what a later module binds takes the place of what an earlier one bound. */
export interface SinglePart extends EnginePart {
  /** What to do when it is missing. */
  readonly wayOut: string;
}

const IN_CORE = 'coreModule() binds it; load it first';

const CODEC: Shape = {
  is: 'an object, as batchFrameCodec() returns',
  methods: ['forSegment'],
  fields: ['guarantees', 'maxRecordsPerFrame'],
};
const SUM: Shape = { is: 'an object, as crc32c() returns', methods: ['of'] };
const DIRECTORY: Shape = {
  is: 'a directory, as new MemoryDirectory() is one, or preadModule(path) opens one',
  methods: 'list sizeOf directory create open openReader rename remove sync lock close'.split(' '),
  fields: ['supports'],
};
const TIME: Shape = {
  is: 'an object, as new SystemClock() is one',
  methods: ['nowMs', 'monotonicMs', 'schedule'],
};
const CHANCE: Shape = { is: 'an object, as new SystemRandom() is one', methods: ['bytes'] };
const WRAPPER: Shape = {
  is: 'a function that puts a disk on a disk, as (inner) => new MmapDirectory(inner)',
};
const WATCHER: Shape = { is: 'an object, as new DiagnosticsObserver() is one', methods: ['observe'] };
const FORM: Shape = {
  is: 'an object, as json() returns',
  methods: ['serialize', 'deserialize'],
  fields: ['name'],
};

/** Every part of which an engine has one. */
export const SINGLE_PARTS: readonly SinglePart[] = [
  {
    token: DISK,
    name: 'disk',
    shape: DIRECTORY,
    wayOut: 'add preadModule(path), memoryModule() or diskModule(open) to the modules',
  },
  { token: FRAME_CODEC, name: 'frame codec', shape: CODEC, wayOut: IN_CORE },
  { token: CHECKSUM, name: 'checksum', shape: SUM, wayOut: IN_CORE },
  { token: INDEX_STORE, name: 'index store', shape: { is: INDEX_STORE_SHAPE.is }, wayOut: IN_CORE },
  { token: SYNC_POLICY, name: 'sync policy', shape: { is: SYNC_POLICY_SHAPE.is }, wayOut: IN_CORE },
  { token: CLOCK, name: 'clock', shape: TIME, wayOut: IN_CORE },
  { token: RANDOM, name: 'random source', shape: CHANCE, wayOut: IN_CORE },
  { token: PARTITIONER, name: 'partitioner', shape: { is: PARTITIONER_SHAPE.is }, wayOut: IN_CORE },
];

/** Every part of which an engine may have any number. */
export const MANY_PARTS: readonly EnginePart[] = [
  { token: DISK_WRAPPER, name: 'disk wrapper', shape: WRAPPER },
  { token: READING_CODEC, name: 'reading codec', shape: CODEC },
  { token: READING_CHECKSUM, name: 'reading checksum', shape: SUM },
  { token: OBSERVER, name: 'observer', shape: WATCHER },
  { token: SERDE, name: 'serde', shape: FORM },
];

/** Everything but a disk: batch frames, crc32c, a file index, a sync for every append, the system's clock and chance. */
export function coreModule(): ContainerModule {
  return new ContainerModule((options) => {
    bindFormats(options);
    const { bind } = options;
    bind(INDEX_STORE)
      .toResolvedValue(() => fileIndex({ checksum: crc32c() }))
      .inSingletonScope();
    bind(SYNC_POLICY).toConstantValue(syncAlways());
    bind(CLOCK).toConstantValue(new SystemClock());
    bind(RANDOM).toConstantValue(new SystemRandom());
    bind(PARTITIONER)
      .toResolvedValue((random: RandomSource) => byKey({ random }), [RANDOM])
      .inSingletonScope();
    for (const serde of [bytes(), string(), json(), cbor()]) bind(SERDE).toConstantValue(serde);
  });
}

/** Both codecs and both checksums of the house can always be read, whatever writes. */
function bindFormats({ bind }: ContainerModuleLoadOptions): void {
  bind(FRAME_CODEC).toConstantValue(batchFrameCodec());
  bind(READING_CODEC).toConstantValue(batchFrameCodec());
  bind(READING_CODEC).toConstantValue(crcFrameCodec());
  bind(CHECKSUM).toConstantValue(crc32c());
  bind(READING_CHECKSUM).toConstantValue(crc32c());
  bind(READING_CHECKSUM).toConstantValue(crc32());
}

/** Any part, ready made: `partModule(CLOCK, clock)`, `partModule(INDEX_STORE, memoryIndex())`. */
export function partModule<T>(part: ServiceIdentifier<T>, value: T): ContainerModule {
  if (part === undefined || part === null)
    throw new TypeError('there is no such part; they are CLOCK, INDEX_STORE and so on');
  if (value === undefined || value === null)
    throw new TypeError(`there is no part to bind to ${String(part)}`);
  return new ContainerModule(({ bind }) => {
    bind(part).toConstantValue(value);
  });
}

/** Opens the disk of each engine anew: the engine closes what `open` returns. */
export function diskModule(open: () => StorageDirectory | Promise<StorageDirectory>): ContainerModule {
  return new ContainerModule(({ bind }) => {
    bind(DISK)
      .toResolvedValue(() => opened(open))
      .inSingletonScope();
  });
}

function opened(open: () => StorageDirectory | Promise<StorageDirectory>): ReturnType<typeof open> {
  requireShape('disk of diskModule', open, {
    is: 'a function that opens one, as () => new MemoryDirectory(); a path is for preadModule(path)',
  });
  return open();
}

/** A disk in memory. Engines that are opened one after the other with one module find each other's data. */
export function memoryModule(parent: StorageDirectory = new MemoryDirectory()): ContainerModule {
  return diskModule(() => parent.directory('data', { create: true }));
}

/** Writes new segments with `codec`, and reads those of `reading` too. */
export function codecModule(codec: FrameCodec, reading: readonly FrameCodec[] = []): ContainerModule {
  return new ContainerModule(({ bind }) => {
    bind(FRAME_CODEC).toConstantValue(codec);
    for (const other of reading) bind(READING_CODEC).toConstantValue(other);
  });
}

/** A sync policy, or its text form: `always`, `never`, `appends:100`, `bytes:1MiB`, `ms:100`, `group:2ms`. */
export function syncModule(policy: SyncPolicyFactory | string): ContainerModule {
  return partModule(SYNC_POLICY, typeof policy === 'string' ? parseSyncPolicy(policy) : policy);
}

/** One sync for all appends that come together. */
export function groupCommitModule(options: GroupCommitOptions): ContainerModule {
  return syncModule(groupCommit(options));
}

/** Found by its name when a topic is opened without serdes. */
export function serdeModule<T>(serde: Serde<T>): ContainerModule {
  return partModule(SERDE, serde as Serde<unknown>);
}

/** One more watcher, beside those that other modules bring: `observerModule(new DiagnosticsObserver())`. */
export function observerModule(observer: LogObserver): ContainerModule {
  return partModule(OBSERVER, observer);
}

/** The call keeps TypeScript from narrowing an identifier to a plain symbol, of which `get` would return unknown. */
function token<T>(name: string): ServiceIdentifier<T> {
  return Symbol.for(`@seglog/core/${name}`);
}
