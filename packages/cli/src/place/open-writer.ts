import {
  BufferPool,
  byKey,
  bytes,
  cbor,
  checkCatalog,
  crc32c,
  json,
  type KnownFormats,
  knownFormats,
  type Log,
  type LogComponents,
  type LogObserver,
  type LogSettings,
  logPartitions,
  type RecoveryReport,
  requireTopicSettings,
  type Serde,
  type StorageDirectory,
  string,
  syncNever,
  TopicManager,
  WriterSession,
} from '@seglog/core';
import {
  isWalLost,
  partitionFinder,
  requireWal,
  WAL_DIRECTORY,
  type WalReplayReport,
  WriteAhead,
} from '@seglog/wal';
import { catalogFormats, logComponents } from './log-components.js';
import { childOf } from './store-logs.js';

/** A data root that is open for writing: the lock is held. */
export interface OpenWriter {
  readonly topics: TopicManager<Log>;
  readonly session: WriterSession;
  /** What recovery found and did in each partition that was opened, by name, and in the write-ahead log, named `wal`. */
  readonly recoveries: ReadonlyMap<string, RecoveryReport>;
  /** What stands before the logs; undefined where there is no write-ahead log. */
  readonly ahead: WriteAhead | undefined;
  /** What the write-ahead log held when it was opened. */
  readonly replay: WalReplayReport | undefined;
  /** A write-ahead log was gone, with what only it held; true only where damage is lived with. */
  readonly walLost: boolean;
  /** Closes cleanly. The directory stays open. */
  close(): Promise<void>;
}

/** Writes the log of a new partition, instead of an empty one. */
export type MakePartition = (components: LogComponents, settings: Partial<LogSettings>) => Promise<void>;

export interface OpenWriterOptions {
  /** Of every log; what they say of damage and of zeros written ahead also goes for the write-ahead log. */
  readonly settings?: Partial<LogSettings>;
  readonly make?: MakePartition | undefined;
  /** What is there may be of these; what is new is of batch frames with crc32c. */
  readonly formats?: KnownFormats;
}

/** The parts of a writer that is being opened: what is there when the opening fails is closed again. */
interface Parts {
  session?: WriterSession;
  ahead?: WriteAhead | undefined;
  topics?: TopicManager<Log>;
}

/**
 * Opens a data root as its one writer, made of the parts of the house. A write-ahead log is replayed, and goes on being used.
 * Rejects as `openEngine` of the umbrella does; then nothing is left open.
 */
export async function openWriter(
  disk: StorageDirectory,
  options: OpenWriterOptions = {},
): Promise<OpenWriter> {
  const { formats = knownFormats() } = options;
  const recoveries = new Map<string, RecoveryReport>();
  const observer: LogObserver = {
    observe: (event) => {
      if (event.type === 'opened') recoveries.set(event.log, event.report);
    },
  };
  const components = { ...logComponents(disk, formats), observer };
  const { clock, random } = components;
  const checksum = crc32c();
  const parts: Parts = {};
  try {
    const check = async (): Promise<void> => {
      await checkCatalog(disk, { checksum, random, formats: catalogFormats(formats) });
      await requireWal(disk, { checksum, onCorruption: options.settings?.onCorruption });
    };
    parts.session = await WriterSession.open(disk, { clock, random, checksum, check });
    const walLost = await isWalLost(disk, checksum);
    const shared = {
      ...components,
      epochs: parts.session,
      readBuffers: new BufferPool({ bufferBytes: 256 * 1024, maxIdle: 4 }),
    };
    parts.ahead = await openAhead(disk, shared, { ...options, session: parts.session });
    parts.topics = await openTopics(disk, shared, { ...options, formats, ahead: parts.ahead });
    const replay = await parts.ahead?.replay(partitionFinder(parts.topics));
    const close = (): Promise<void> => closeAll(parts, true);
    const { session, topics, ahead } = parts;
    return { topics, session, ahead, recoveries, replay, walLost, close };
  } catch (error) {
    await closeAll(parts, false).catch(() => undefined);
    throw error;
  }
}

/** The write-ahead log of a store that has one. */
async function openAhead(
  root: StorageDirectory,
  components: LogComponents,
  { settings = {}, session }: OpenWriterOptions & { readonly session: WriterSession },
): Promise<WriteAhead | undefined> {
  if ((await childOf(root, WAL_DIRECTORY)) === undefined) {
    session.endAhead();
    return undefined;
  }
  const { onCorruption = 'fail', preallocateBytes } = settings;
  const ahead = { onCorruption, ...(preallocateBytes === undefined ? {} : { preallocateBytes }) };
  return WriteAhead.open({ root, components, settings: ahead, session });
}

function openTopics(
  disk: StorageDirectory,
  components: LogComponents,
  {
    settings = {},
    make,
    formats,
    ahead,
  }: OpenWriterOptions & { readonly formats: KnownFormats; readonly ahead: WriteAhead | undefined },
): Promise<TopicManager<Log>> {
  const { clock, random, observer } = components;
  // What a write-ahead log has made durable is synced by its checkpoints.
  const syncPolicy = ahead === undefined ? components.syncPolicy : syncNever();
  const openLog = logPartitions({
    components: { ...components, syncPolicy },
    settings,
    ahead: ahead === undefined ? undefined : (context) => ahead.partition(context),
  });
  return TopicManager.open<Log>(
    disk,
    {
      openPartition: async (directory, context) => {
        const own: Partial<LogSettings> = { ...settings, ...context.config.settings };
        if (context.create) await make?.({ ...components, directory }, own);
        return openLog(directory, context);
      },
      clock,
      random,
      observer,
      checksum: crc32c(),
      serdes: [bytes(), string(), json(), cbor()] as readonly Serde<unknown>[],
      formats: catalogFormats(formats),
      partitioner: byKey({ random }),
      requireSettings: (given) => requireTopicSettings(settings, given),
    },
    make === undefined ? {} : { maxConcurrentPartitions: 1 },
  );
}

/** In the order in which an engine closes: logs, the write-ahead log, the session. */
async function closeAll({ topics, ahead, session }: Parts, clean: boolean): Promise<void> {
  const [logs] = await Promise.allSettled([topics?.close()]);
  const [written] = await Promise.allSettled([ahead?.close()]);
  const whole = logs.status === 'fulfilled' && written.status === 'fulfilled';
  await session?.close({ clean: clean && whole });
  for (const result of [logs, written]) if (result.status === 'rejected') throw result.reason;
}
