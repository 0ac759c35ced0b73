import {
  BufferPool,
  byKey,
  bytes,
  cbor,
  checkCatalog,
  crc32c,
  defaultComponents,
  json,
  type KnownFormat,
  knownFormats,
  type Log,
  type LogComponents,
  type LogSettings,
  logPartitions,
  type RecoveryReport,
  requireTopicSettings,
  type Serde,
  type StorageDirectory,
  string,
  TopicManager,
  WriterSession,
} from '@seglog/core';

/** A data root that is open for writing: the lock is held. */
export interface OpenWriter {
  readonly topics: TopicManager<Log>;
  readonly session: WriterSession;
  /** What recovery found and did in each partition that was opened, by name. */
  readonly recoveries: ReadonlyMap<string, RecoveryReport>;
  /** Closes cleanly. The directory stays open. */
  close(): Promise<void>;
}

/** The formats of the house; new frames are batch frames with crc32c. */
export function houseFormats(): readonly KnownFormat[] {
  const { codecs, checksums } = knownFormats();
  return [
    ...[...codecs.values()].map((codec) => known('codec', codec)),
    ...[...checksums.values()].map((checksum) => known('checksum', checksum)),
  ];
}

function known(
  kind: KnownFormat['kind'],
  { id, name }: { readonly id: number; readonly name: string },
): KnownFormat {
  return { kind, id, name, writes: id === 1 };
}

/** Writes the log of a new partition, instead of an empty one. */
export type MakePartition = (components: LogComponents, settings: Partial<LogSettings>) => Promise<void>;

/** Opens a data root as its one writer, made of the parts of the house. Rejects as `openEngine` of the umbrella does. */
export async function openWriter(
  disk: StorageDirectory,
  settings: Partial<LogSettings> = {},
  make?: MakePartition,
): Promise<OpenWriter> {
  const components = defaultComponents(disk, undefined);
  const { clock, random, observer } = components;
  const checksum = crc32c();
  const formats = houseFormats();
  const check = (): Promise<void> => checkCatalog(disk, { checksum, random, formats });
  const session = await WriterSession.open(disk, { clock, random, checksum, check });
  const recoveries = new Map<string, RecoveryReport>();
  try {
    const openLog = logPartitions({
      components: {
        ...components,
        epochs: session,
        readBuffers: new BufferPool({ bufferBytes: 256 * 1024, maxIdle: 4 }),
      },
      settings,
      onRecovery: ({ name }, report) => recoveries.set(name, report),
    });
    const topics = await TopicManager.open<Log>(
      disk,
      {
        openPartition: async (directory, context) => {
          const own: Partial<LogSettings> = { ...settings, ...context.config.settings };
          if (context.create) await make?.({ ...components, directory, epochs: session }, own);
          return openLog(directory, context);
        },
        clock,
        random,
        observer,
        checksum,
        serdes: [bytes(), string(), json(), cbor()] as readonly Serde<unknown>[],
        formats,
        partitioner: byKey({ random }),
        requireSettings: (given) => requireTopicSettings(settings, given),
      },
      make === undefined ? {} : { maxConcurrentPartitions: 1 },
    );
    const close = (): Promise<void> => closeAll(topics, session);
    return { topics, session, recoveries, close };
  } catch (error) {
    await session.close({ clean: false }).catch(() => undefined);
    throw error;
  }
}

async function closeAll(topics: TopicManager<Log>, session: WriterSession): Promise<void> {
  const [closed] = await Promise.allSettled([topics.close()]);
  await session.close({ clean: closed.status === 'fulfilled' });
  if (closed.status === 'rejected') throw closed.reason;
}
