import { Cleanup } from '@seglog/compaction';
import {
  BufferPool,
  type CleanupOverrides,
  CombinedObserver,
  checkCatalog,
  FrameCache,
  type KnownFormat,
  type Log,
  type LogEvent,
  type LogObserver,
  logPartitions,
  logSettings,
  type RecoveryReport,
  requireKnownOptions,
  requireTopicSettings,
  SeglogError,
  type StorageDirectory,
  syncNever,
  TopicManager,
  type TopicParts,
  WriterSession,
} from '@seglog/core';
import { partitionFinder, type WriteAhead } from '@seglog/wal';
import type { ContainerModule } from 'inversify';
import { compose, type EngineParts } from './compose.js';
import { Engine } from './engine.js';
import { type EngineSettings, splitSettings } from './engine-settings.js';
import { openAhead, requireNothingAhead, type SharedBuffers } from './open-ahead.js';

/** What an engine is made of, and how its data root is opened. */
export interface OpenEngineOptions {
  /** What the engine is made of: at least a disk. A later module replaces what an earlier one, or the default, bound. */
  readonly modules: readonly ContainerModule[];
  readonly settings?: EngineSettings | undefined;
  /** Takes no lock and writes nothing: shows what is there now, beside a writer too. Default false. */
  readonly readOnly?: boolean | undefined;
  /** Gives up between two steps of opening, and leaves nothing open. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Composes an engine and opens its data root. Partitions are opened when they are first used.
 *
 * Rejects with `COMPOSITION` (the parts do not make an engine, or cannot read what is there), `LOG_LOCKED`,
 * `UNSUPPORTED_FORMAT`, `CORRUPT_METADATA`, `STORAGE`; then nothing is left open. `RangeError` or
 * `TypeError` for options and settings that make no sense, before anything is opened.
 */
export async function openEngine(options: OpenEngineOptions): Promise<Engine> {
  requireOptions(options);
  const { readOnly = false, signal } = options;
  const settings = splitSettings(options.settings ?? {});
  signal?.throwIfAborted();
  const parts = await compose(options.modules);
  const buffers = buffersFor(settings.log);
  let session: WriterSession | undefined;
  let ahead: WriteAhead | undefined;
  let topics: TopicManager<Log> | undefined;
  try {
    if (!readOnly) session = await openSession(parts, buffers, signal);
    signal?.throwIfAborted();
    ahead = await openAhead(parts, session, buffers);
    const recoveries = new Map<string, RecoveryReport>();
    const wake = new Wake();
    const topicParts = partsOfTopics(parts, {
      session,
      ahead,
      buffers,
      settings: settings.log,
      frameCache: new FrameCache({ maxBytes: settings.shared.frameCacheBytes }),
      recoveries,
    });
    const observer = new CombinedObserver([topicParts.observer, wake]);
    const cleanable = { ...topicParts, observer, cleanup: settings.cleanup };
    topics = await TopicManager.open(parts.disk, cleanable, { ...settings.topic, readOnly });
    const replay = await ahead?.replay(partitionFinder(topics));
    signal?.throwIfAborted();
    const cleanup = newCleanup(parts, topics, settings.cleanup);
    wake.cleanup = cleanup;
    if (!readOnly) cleanup.start();
    const { clock } = parts.components;
    return new Engine({ topics, session, ahead, replay, disk: parts.disk, recoveries, cleanup, clock });
  } catch (error) {
    // In the order in which an engine closes; what fails here says no more than what failed first.
    await topics?.close().catch(() => undefined);
    await ahead?.close().catch(() => undefined);
    await session?.close({ clean: false }).catch(() => undefined);
    await parts.disk.close().catch(() => undefined);
    throw error;
  }
}

function buffersFor(settings: EngineSettings): SharedBuffers {
  const { groupBytes } = logSettings(settings);
  return {
    writeBuffers: new BufferPool({ bufferBytes: groupBytes, maxIdle: 8 }),
    readBuffers: new BufferPool({ bufferBytes: 256 * 1024, maxIdle: 16 }),
  };
}

function newCleanup(
  { components, cleanup }: EngineParts,
  topics: TopicManager<Log>,
  defaults: CleanupOverrides,
): Cleanup {
  const { clock, observer } = components;
  return new Cleanup(topics, { ...cleanup.parts, clock, observer, defaults }, cleanup.options);
}

/** Rounds of cleaning may have become necessary when a topic was made or configured; of a deleted one nothing need be cleaned. */
class Wake implements LogObserver {
  public cleanup: Cleanup | undefined;

  public observe(event: LogEvent): void {
    if (event.type === 'topic-created' || event.type === 'topic-configured') this.cleanup?.wake();
    if (event.type !== 'topic-deleted') return;
    for (const job of this.cleanup?.jobs() ?? []) if (job.topic === event.topic) job.cancel();
  }
}

const OPTIONS: readonly (keyof OpenEngineOptions)[] = ['modules', 'settings', 'readOnly', 'signal'];

/** A misspelt `readOnly` must not open for writing. */
function requireOptions(options: OpenEngineOptions): void {
  requireKnownOptions(options, OPTIONS);
  const { modules, readOnly = false } = options;
  if (!Array.isArray(modules) || modules.some((module) => typeof module?.load !== 'function')) {
    throw new TypeError('modules is a list of modules, as in [preadModule(path), mmapModule()]');
  }
  if (typeof readOnly !== 'boolean')
    throw new TypeError(`readOnly is true or false, not ${String(readOnly)}`);
}

function openSession(
  parts: EngineParts,
  buffers: SharedBuffers,
  signal: AbortSignal | undefined,
): Promise<WriterSession> {
  const { disk, components } = parts;
  signal?.throwIfAborted();
  requireDurable(disk);
  const { clock, random, crc32c: checksum } = components;
  // What cannot be read here must find its files as they were by who can.
  const check = async (): Promise<void> => {
    await checkCatalog(disk, { checksum, random, formats: formatsOf(parts) });
    await requireNothingAhead(parts, buffers);
  };
  return WriterSession.open(disk, { clock, random, checksum, check });
}

/** What an engine promises stands on these. */
function requireDurable({ supports }: StorageDirectory): void {
  for (const [name, supported] of Object.entries(supports)) {
    if (supported) continue;
    const sentence =
      'the disk cannot do what an engine needs to write to it; use another one, or open read-only';
    throw new SeglogError('COMPOSITION', sentence, { part: 'disk', missing: name });
  }
}

function partsOfTopics(
  parts: EngineParts,
  engine: {
    readonly session: WriterSession | undefined;
    readonly ahead: WriteAhead | undefined;
    readonly buffers: SharedBuffers;
    readonly settings: Parameters<typeof requireTopicSettings>[0];
    readonly frameCache: FrameCache;
    readonly recoveries: Map<string, RecoveryReport>;
  },
): TopicParts<Log> {
  const { components, serdes, partitioner } = parts;
  const { ahead } = engine;
  const openPartition = logPartitions({
    components: {
      ...components,
      ...engine.buffers,
      // What the write-ahead log has made durable is synced by its checkpoints.
      syncPolicy: ahead === undefined ? components.syncPolicy : syncNever(),
      epochs: engine.session,
      frameCache: engine.frameCache,
    },
    ahead: ahead === undefined ? undefined : (context) => ahead.partition(context),
    settings: engine.settings,
    onRecovery: ({ name }, report) => engine.recoveries.set(name, report),
  });
  const { clock, random, crc32c, observer } = components;
  return {
    openPartition,
    clock,
    random,
    observer,
    checksum: crc32c,
    serdes,
    partitioner,
    formats: formatsOf(parts),
    requireSettings: (settings) => requireTopicSettings(engine.settings, settings),
  };
}

function formatsOf({ codecs, checksums, components }: EngineParts): readonly KnownFormat[] {
  return [
    ...codecs.map((codec) => known('codec', codec, components.codec)),
    ...checksums.map((checksum) => known('checksum', checksum, components.checksum)),
  ];
}

function known(
  kind: KnownFormat['kind'],
  { id, name }: { readonly id: number; readonly name: string },
  writing: { readonly id: number },
): KnownFormat {
  return { kind, id, name, writes: id === writing.id };
}
