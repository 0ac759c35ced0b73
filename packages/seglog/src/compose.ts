import type { CleanupOptions, CleanupParts } from '@seglog/compaction';
import {
  CLEANUP_OPTIONS,
  CLEANUP_PARTS,
  COMPACTION_STRATEGY,
  compactionModule,
  OFFSET_MAP,
} from '@seglog/compaction/inversify';
import {
  Breath,
  type Checksum,
  CombinedObserver,
  crc32c,
  type FrameCodec,
  type LogComponents,
  MemoryDirectory,
  makeIndexStore,
  makePartitioner,
  makeSyncPolicy,
  notMade,
  type PartitionerFactory,
  requireShape,
  SeglogError,
  type Serde,
  type StorageDirectory,
} from '@seglog/core';
import {
  CHECKSUM,
  CLOCK,
  coreModule,
  DISK,
  DISK_WRAPPER,
  type EnginePart,
  FRAME_CODEC,
  INDEX_STORE,
  MANY_PARTS,
  OBSERVER,
  PARTITIONER,
  RANDOM,
  READING_CHECKSUM,
  READING_CODEC,
  SERDE,
  SINGLE_PARTS,
  SYNC_POLICY,
} from '@seglog/core/inversify';
import type { WriteAheadSettings } from '@seglog/wal';
import { WRITE_AHEAD, WRITE_AHEAD_PARTS } from '@seglog/wal/inversify';
import { Container, ContainerModule, type ServiceIdentifier } from 'inversify';

/** The parts that modules made together, checked to make an engine. */
export interface EngineParts {
  /** The root with every wrapper on it. */
  readonly disk: StorageDirectory;
  readonly components: Omit<
    LogComponents,
    'directory' | 'name' | 'ahead' | 'epochs' | 'readBuffers' | 'writeBuffers'
  >;
  /** Every codec and checksum that can be read, the writing one included, each id once. */
  readonly codecs: readonly FrameCodec[];
  readonly checksums: readonly Checksum[];
  readonly serdes: readonly Serde<unknown>[];
  readonly partitioner: PartitionerFactory;
  readonly cleanup: {
    readonly parts: Pick<CleanupParts, 'strategy' | 'offsetMap'>;
    readonly options: CleanupOptions;
  };
  /** Undefined where each partition makes its own appends durable. */
  readonly writeAhead: Partial<WriteAheadSettings> | undefined;
}

const PARTS = [...SINGLE_PARTS, ...CLEANUP_PARTS, ...WRITE_AHEAD_PARTS];
const ALL_PARTS: readonly EnginePart[] = [...PARTS, ...MANY_PARTS];

/** The only container: it is asked once for each part, and then let go. `COMPOSITION` names the part that is wrong. */
export async function compose(modules: readonly ContainerModule[]): Promise<EngineParts> {
  const container = new Container();
  for (const module of [coreModule(), compactionModule(), ...modules])
    await container.loadAsync(replacing(module));
  const codec = await one(container, FRAME_CODEC);
  const checksum = await one(container, CHECKSUM);
  const codecs = distinct('frame codec', [codec, ...(await all(container, READING_CODEC))]);
  const checksums = distinct('checksum', [checksum, ...(await all(container, READING_CHECKSUM))]);
  const components = {
    codec,
    readingCodecs: codecs,
    checksum,
    readingChecksums: checksums,
    crc32c: crc32c(),
    index: await one(container, INDEX_STORE),
    syncPolicy: await one(container, SYNC_POLICY),
    clock: await one(container, CLOCK),
    random: await one(container, RANDOM),
    breath: new Breath(),
    observer: new CombinedObserver(await all(container, OBSERVER)),
  };
  const serdes = (await all(container, SERDE)).toReversed();
  const partitioner = await one(container, PARTITIONER);
  const cleanup = {
    parts: {
      strategy: await one(container, COMPACTION_STRATEGY),
      offsetMap: await one(container, OFFSET_MAP),
    },
    options: await one(container, CLEANUP_OPTIONS),
  };
  const writeAhead = container.isBound(WRITE_AHEAD) ? await one(container, WRITE_AHEAD) : undefined;
  tryFactories(components, partitioner);
  const disk = await makeDisk(container);
  return { disk, components, codecs, checksums, serdes, partitioner, cleanup, writeAhead };
}

/** A later module takes the place of an earlier one: `bind` of a part that there is one of replaces what was bound. */
function replacing(module: ContainerModule): ContainerModule {
  return new ContainerModule((options) =>
    module.load({
      ...options,
      bind: (id) => (isSingle(id) && options.isBound(id) ? options.rebind(id) : options.bind(id)),
    }),
  );
}

function isSingle(id: ServiceIdentifier): boolean {
  return PARTS.some(({ token }) => token === id);
}

/** What each log or producer makes of its own is made once here, to be looked at and let go, while nothing is open yet. */
function tryFactories(
  { index, syncPolicy }: EngineParts['components'],
  partitioner: PartitionerFactory,
): void {
  makeSyncPolicy(syncPolicy);
  makePartitioner(partitioner);
  makeIndexStore(index, new MemoryDirectory());
}

/** Last of all parts, so that nothing is open when another part is wrong. */
async function makeDisk(container: Container): Promise<StorageDirectory> {
  const wrappers = await all(container, DISK_WRAPPER);
  let disk = await unchecked(container, DISK);
  try {
    requirePart(DISK, disk);
    for (const wrap of wrappers) {
      const inner = disk;
      const outer = await made('disk wrapper', async () => wrap(inner));
      requirePart(DISK, outer, 'disk of a disk wrapper');
      disk = outer;
    }
    return disk;
  } catch (error) {
    await closeQuietly(disk);
    throw error;
  }
}

/** What is no disk may have no way to be closed; the error that comes of it says no more than what failed first. */
async function closeQuietly(disk: Partial<StorageDirectory> | undefined): Promise<void> {
  const close = async (): Promise<void> => disk?.close?.();
  await close().catch(() => undefined);
}

async function one<T>(container: Container, token: ServiceIdentifier<T>): Promise<T> {
  const part = await unchecked(container, token);
  requirePart(token, part);
  return part;
}

async function unchecked<T>(container: Container, token: ServiceIdentifier<T>): Promise<T> {
  const part = PARTS.find((candidate) => candidate.token === token);
  const name = part?.name ?? String(token);
  if (!container.isBound(token)) {
    throw new SeglogError('COMPOSITION', `the engine has no ${name}; ${part?.wayOut}`, { part: name });
  }
  return made(name, () => container.getAsync(token));
}

async function all<T>(container: Container, token: ServiceIdentifier<T>): Promise<readonly T[]> {
  if (!container.isBound(token)) return [];
  const parts = await made(String(token), () => container.getAllAsync(token));
  for (const part of parts) requirePart(token, part);
  return parts;
}

function requirePart(token: ServiceIdentifier, value: unknown, name?: string): void {
  const part = ALL_PARTS.find((candidate) => candidate.token === token);
  if (part !== undefined) requireShape(name ?? part.name, value, part.shape);
}

async function made<T>(part: string, make: () => Promise<T>): Promise<T> {
  try {
    return await make();
  } catch (cause) {
    throw notMade(part, 'see the cause, and the module that binds it', cause);
  }
}

/** Each id once; `COMPOSITION` when two different parts claim one. */
function distinct<T extends { readonly id: number; readonly name: string }>(
  kind: string,
  parts: readonly T[],
): readonly T[] {
  const known = new Map<number, T>();
  for (const part of parts) {
    requireIdentity(kind, part);
    const other = known.get(part.id);
    if (other !== undefined && other.name !== part.name) {
      const sentence = `two ${kind}s have one id; give one of them another, 128 and above are free`;
      throw new SeglogError('COMPOSITION', sentence, { id: part.id, first: other.name, second: part.name });
    }
    if (other === undefined) known.set(part.id, part);
  }
  return [...known.values()];
}

/** Each id is one byte of a segment's header, and each name stands in the catalog. */
function requireIdentity(kind: string, { id, name }: { readonly id: unknown; readonly name: unknown }): void {
  if (Number.isInteger(id) && Number(id) >= 1 && Number(id) <= 255 && typeof name === 'string') return;
  const sentence = `a ${kind} needs a name, and an id from 1 to 255, of which 128 and above are free`;
  throw new SeglogError('COMPOSITION', sentence, { part: kind, id: String(id), name: String(name) });
}
