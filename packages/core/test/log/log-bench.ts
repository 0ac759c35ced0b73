import {
  BufferPool,
  crc32c,
  defaultComponents,
  Log,
  type LogComponents,
  type LogSettings,
  MemoryDirectory,
  type RecordInput,
  type RecoveryReport,
  type StorageDirectory,
  SystemClock,
  SystemRandom,
  WriterSession,
} from '../../src/index.js';

/** Shared, as an engine shares them: a test may open thousands of logs. */
const BUFFERS = {
  writeBuffers: new BufferPool({ bufferBytes: 64 * 1024, maxIdle: 4 }),
  readBuffers: new BufferPool({ bufferBytes: 64 * 1024, maxIdle: 8 }),
};

export const text = (value: string): Uint8Array => new TextEncoder().encode(value);

/** A record with `value` as its text, made longer by dots to `bytes`. */
export const record = (value: string, bytes = 0): RecordInput => ({ value: text(value.padEnd(bytes, '.')) });

export interface BenchLog {
  readonly root: StorageDirectory;
  readonly directory: StorageDirectory;
  readonly log: Log;
  readonly session: WriterSession;
  readonly report: RecoveryReport;
}

/** What a test opens a log with: settings, and parts that stand in for the defaults. */
export interface Bench {
  readonly settings?: Partial<LogSettings>;
  readonly parts?: Partial<LogComponents>;
}

export async function openOn(root: StorageDirectory, bench: Bench = {}): Promise<BenchLog> {
  const session = await WriterSession.open(root, {
    clock: new SystemClock(),
    random: new SystemRandom(),
    checksum: crc32c(),
  });
  try {
    const directory = await root.directory('log', { create: true });
    const log = new Log(
      { ...defaultComponents(directory, session), ...BUFFERS, ...bench.parts },
      bench.settings,
    );
    return { root, directory, log, session, report: await log.open() };
  } catch (cause) {
    await session.close({ clean: false });
    throw cause;
  }
}

export async function closeCleanly({ log, session }: BenchLog): Promise<void> {
  await log.close();
  await session.close({ clean: true });
}

/** Opens without a lock and without a change. */
export async function openReadOnly(root: StorageDirectory, bench: Bench = {}): Promise<Log> {
  const directory = await root.directory('log', { create: false });
  const log = new Log({ ...defaultComponents(directory, undefined), ...bench.parts }, bench.settings);
  await log.open({ readOnly: true });
  return log;
}

/** What a killed process leaves: every byte that was written, and no lock. */
export async function copyOf(source: StorageDirectory): Promise<MemoryDirectory> {
  const target = new MemoryDirectory();
  await copyInto(source, target);
  return target;
}

async function copyInto(source: StorageDirectory, target: StorageDirectory): Promise<void> {
  for (const { name, kind } of await source.list()) {
    if (kind === 'file') await putFile(target, name, await contentOf(source, name));
    if (kind !== 'directory') continue;
    const child = await source.directory(name, { create: false });
    await copyInto(child, await target.directory(name, { create: true }));
  }
}

export async function contentOf(directory: StorageDirectory, name: string): Promise<Uint8Array> {
  const bytes = (await directory.sizeOf(name)) ?? 0;
  const reader = await directory.openReader(name, { sealed: false, writtenBytes: () => bytes });
  try {
    return Uint8Array.from(await reader.read(0, new Uint8Array(bytes)));
  } finally {
    await reader.close();
  }
}

/** Creates or replaces a file. */
export async function putFile(directory: StorageDirectory, name: string, content: Uint8Array): Promise<void> {
  await directory.remove(name);
  const file = await directory.create(name);
  await file.write(0, [content]);
  await file.close();
}

/** Names of files that end with `suffix`, in order. */
export async function filesOf(directory: StorageDirectory, suffix: string): Promise<readonly string[]> {
  const names = (await directory.list()).filter(({ kind }) => kind === 'file').map(({ name }) => name);
  return names.filter((name) => name.endsWith(suffix)).toSorted();
}

/** Every record of a log as offset and text, read with the default isolation. */
export async function allOf(log: Log): Promise<readonly (readonly [number, string | null])[]> {
  const all: (readonly [number, string | null])[] = [];
  for (let from = log.offsets().logStart; ; ) {
    const { records, nextOffset } = await log.read(from);
    for (const { offset, value } of records)
      all.push([offset, value === null ? null : new TextDecoder().decode(value)]);
    if (nextOffset === from) return all;
    from = nextOffset;
  }
}

/** What of its files a log reads, as positions and lengths. */
export interface Reads {
  readonly bytes: number[];
}

/** Notes what is read; with `later`, answers as readers on other threads do. */
export function watched(directory: StorageDirectory, reads: Reads, later = false): StorageDirectory {
  const openReader = directory.openReader.bind(directory);
  const open = directory.directory.bind(directory);
  directory.directory = async (name, options) => watched(await open(name, options), reads, later);
  directory.openReader = async (name, options) => {
    const reader = await openReader(name, options);
    const read = reader.read.bind(reader);
    reader.read = (position, scratch) => {
      reads.bytes.push(scratch.length);
      if (!later) return read(position, scratch);
      return new Promise((resolve) => {
        setImmediate(() => resolve(read(position, scratch)));
      });
    };
    return reader;
  };
  return directory;
}
