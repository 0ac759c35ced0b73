import {
  BufferPool,
  byKey,
  bytes,
  type Clock,
  crc32c,
  defaultComponents,
  json,
  type Log,
  logPartitions,
  MemoryDirectory,
  type RandomSource,
  type StorageDirectory,
  SystemClock,
  SystemRandom,
  string,
  TopicManager,
  WriterSession,
} from '@seglog/core';

const BUFFERS = new BufferPool({ bufferBytes: 64 * 1024, maxIdle: 8 });

export interface World {
  readonly engine: TopicManager<Log>;
  close(): Promise<void>;
}

/** The topics of a data root: what an engine is for those who read. */
export async function openWorld(
  root: StorageDirectory = new MemoryDirectory(),
  clock: Clock = new SystemClock(),
  random: RandomSource = new SystemRandom(),
): Promise<World> {
  const checksum = crc32c();
  const session = await WriterSession.open(root, { clock, random, checksum });
  const { directory: _, name: __, ...components } = defaultComponents(root, session);
  const buffers = { writeBuffers: BUFFERS, readBuffers: BUFFERS };
  const engine = await TopicManager.open<Log>(root, {
    openPartition: logPartitions({
      components: { ...components, ...buffers, clock, random },
      settings: { preallocateBytes: 0, deleteDelayMs: 0 },
    }),
    clock,
    random,
    checksum,
    observer: { observe: () => undefined },
    serdes: [string(), json(), bytes()],
    formats: [],
    partitioner: byKey({ random }),
  });
  return {
    engine,
    close: async () => {
      await engine.close();
      await session.close({ clean: true });
    },
  };
}
