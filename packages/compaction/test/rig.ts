import {
  BufferPool,
  type CleanupOverrides,
  type CleanupPolicy,
  type Clock,
  crc32c,
  defaultComponents,
  Log,
  type LogSettings,
  type RandomSource,
  type StorageDirectory,
  type StoredRecord,
  SystemClock,
  SystemRandom,
  type TopicFacts,
  WriterSession,
} from '@seglog/core';
import { Cleanup, type CleanupOptions, type CleanupParts, type CleanupTarget } from '../src/index.js';

const BUFFERS = new BufferPool({ bufferBytes: 64 * 1024, maxIdle: 8 });

export interface RigSetup {
  readonly policy?: CleanupPolicy;
  readonly cleanup?: CleanupOverrides;
  readonly settings?: Partial<LogSettings>;
  readonly parts?: Partial<CleanupParts>;
  readonly options?: CleanupOptions;
}

export interface RigPlace {
  readonly root: StorageDirectory;
  readonly clock?: Clock;
  readonly random?: RandomSource;
}

/** A topic `t` of one partition, with a cleanup of its own. */
export interface Rig {
  readonly log: Log;
  readonly cleanup: Cleanup;
  readonly session: WriterSession;
  /** Changes how the topic is cleaned, at once. */
  configure(policy: CleanupPolicy, cleanup: CleanupOverrides): void;
  close(): Promise<void>;
}

export async function openRig(place: RigPlace, setup: RigSetup = {}): Promise<Rig> {
  const { root, clock = new SystemClock(), random = new SystemRandom() } = place;
  const session = await WriterSession.open(root, { clock, random, checksum: crc32c() });
  const directory = await root.directory('log', { create: true });
  await root.sync();
  const buffers = { writeBuffers: BUFFERS, readBuffers: BUFFERS };
  const components = { ...defaultComponents(directory, session), clock, random, ...buffers, name: 't/0' };
  const log = new Log(components, {
    groupBytes: 16 * 1024,
    preallocateBytes: 0,
    deleteDelayMs: 0,
    ...setup.settings,
  });
  await log.open();
  const topic = new OneTopic(log, setup);
  const cleanup = new Cleanup(topic, { clock, ...setup.parts }, setup.options);
  return {
    log,
    cleanup,
    session,
    configure: (policy, overrides) => topic.configure(policy, overrides),
    close: async () => {
      await cleanup.close();
      await log.close();
      await session.close({ clean: true });
    },
  };
}

class OneTopic implements CleanupTarget {
  readonly #log: Log;
  #facts: TopicFacts;

  public constructor(log: Log, { policy = 'compact', cleanup = {} }: RigSetup) {
    this.#log = log;
    this.#facts = {
      name: 't',
      id: '0'.repeat(16),
      createdAtMs: 0,
      partitions: 1,
      failures: new Map(),
      config: { cleanupPolicy: policy, cleanup, keySerde: 'bytes', valueSerde: 'bytes', settings: {} },
    };
  }

  public configure(cleanupPolicy: CleanupPolicy, cleanup: CleanupOverrides): void {
    this.#facts = { ...this.#facts, config: { ...this.#facts.config, cleanupPolicy, cleanup } };
  }

  public topics(): readonly TopicFacts[] {
    return [this.#facts];
  }

  public async log(): Promise<Log> {
    return this.#log;
  }
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A record in words: `a=1`, `a=` for an empty value, `a` for a tombstone, `=1` without a key. */
export function recordOf(words: string): { key: Uint8Array | null; value: Uint8Array | null } {
  const [key = '', value] = words.split('=');
  return {
    key: key === '' ? null : encoder.encode(key),
    value: value === undefined ? null : encoder.encode(value),
  };
}

export function wordsOf({ key, value }: Pick<StoredRecord, 'key' | 'value'>): string {
  const name = key === null ? '' : decoder.decode(key);
  return value === null ? name : `${name}=${decoder.decode(value)}`;
}

/** Every record from the log start on. */
export async function recordsOf(log: Log): Promise<readonly StoredRecord[]> {
  const { logStart } = log.offsets();
  const { records } = await log.read(logStart, {
    maxRecords: 1_000_000,
    maxBytes: 2 ** 30,
    isolation: 'uncommitted',
  });
  return records;
}

export async function shownBy(log: Log): Promise<readonly string[]> {
  return (await recordsOf(log)).map((record) => `${record.offset} ${wordsOf(record)}`);
}

/** What a map has that took the records in order: offsets of the values by key. */
export function fold(
  records: readonly Pick<StoredRecord, 'offset' | 'key' | 'value'>[],
): Map<string, string> {
  const state = new Map<string, string>();
  for (const record of records) {
    const key = record.key === null ? `#${record.offset}` : decoder.decode(record.key);
    if (record.value === null) state.delete(key);
    else state.set(key, `${record.offset} ${decoder.decode(record.value)}`);
  }
  return state;
}
