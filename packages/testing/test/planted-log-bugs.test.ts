import {
  type Acknowledge,
  type Log,
  MemoryDirectory,
  type PartitionLog,
  type StoredRecord,
  syncAlways,
  syncNever,
} from '@seglog/core';
import { describe, expect, test } from 'vitest';
import {
  type CreatePartitionLog,
  LogWorkbench,
  partitionLogConformance,
  type SuiteRunner,
} from '../src/index.js';

type Change = (log: Log) => Partial<PartitionLog>;

const SETTINGS = {
  maxSegmentBytes: 8192,
  indexIntervalBytes: 512,
  deleteDelayMs: 0,
  watermarkDelayMs: 60_000,
};

/** A log with some of its methods replaced. */
const changed =
  (change: Change, syncPolicy = syncAlways()): CreatePartitionLog =>
  async (wishes) => {
    const makings = { settings: { ...SETTINGS, ...wishes }, parts: { syncPolicy } };
    const bench = await LogWorkbench.open(new MemoryDirectory(), makings);
    const methods = change(bench.log);
    const log: PartitionLog = new Proxy(bench.log, {
      get: (target, name) => {
        const value: unknown = Reflect.get(methods, name) ?? Reflect.get(target, name, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    return { log, dispose: () => bench.dispose() };
  };

/** A case that never ends has failed. */
function inTime(body: () => unknown): Promise<unknown> {
  const late = new Promise((_, reject) => {
    setTimeout(() => reject(new Error('the case does not end')), 3000).unref();
  });
  return Promise.race([body(), late]);
}

/** Sits the exam up to the first case that fails, and tells its name. */
async function firstFailure(
  create: CreatePartitionLog,
  acknowledge: Acknowledge,
): Promise<string | undefined> {
  const cases: { readonly name: string; readonly body: () => unknown }[] = [];
  const runner: SuiteRunner = {
    describe: (_, body) => body(),
    test: (name, body) => void cases.push({ name, body }),
  };
  const supports = { acknowledge, producer: true, atomicBatch: true };
  partitionLogConformance(runner, 'planted', create, { supports });
  for (const { name, body } of cases) {
    try {
      await inTime(body);
    } catch {
      return name;
    }
  }
  return undefined;
}

const broken: Record<string, Change> = {
  'reads that lend what they keep': (log) => {
    const kept = new Map<number, StoredRecord>();
    return {
      read: async (from, options) => {
        const result = await log.read(from, options);
        const records = result.records.map((record) => kept.get(record.offset) ?? record);
        for (const record of records) kept.set(record.offset, record);
        return { ...result, records };
      },
    };
  },
  'reads that take a limit for a hint': (log) => ({
    read: (from, options) => log.read(from, { ...options, maxRecords: (options?.maxRecords ?? 1000) + 1 }),
  }),
  'an empty answer below the log start': (log) => ({
    read: (from, options) => log.read(Math.max(from, log.offsets().logStart), options),
  }),
  'a scan that goes on': (log) => ({
    scan: (from, visit, options) => log.scan(from, (cursor) => void visit(cursor), options),
  }),
  'an acknowledgement before the sync': (log) => ({
    append: async (records, options) => ({
      ...(await log.append(records, { ...options, acknowledge: 'written' })),
      durability: options?.acknowledge ?? 'synced',
    }),
  }),
  'an expected offset that nobody looks at': (log) => ({
    append: (records, options) => log.append(records, { ...options, expectedOffset: undefined }),
  }),
  'a producer that nobody remembers': (log) => ({
    append: (records, options) => log.append(records, { ...options, producer: undefined }),
  }),
  'an append that cannot be taken back': (log) => ({
    append: (records, options) => log.append(records, { ...options, signal: undefined }),
  }),
  'a queue that is never full': (log) => ({
    append: (records, options) => log.append(records, { ...options, whenFull: 'wait' }),
  }),
  'a truncation that keeps one more': (log) => ({
    truncateAfter: (lastKept) => log.truncateAfter(lastKept + 1),
  }),
  'a deletion that waits for better times': () => ({ deleteRecordsBefore: async () => undefined }),
  'the latest record taken for the first': (log) => ({
    tail: (from, options) => log.tail(from === 'latest' ? 'earliest' : from, options),
  }),
  'a time that is found by its last record': (log) => ({
    offsetForTimestamp: async (timestampMs, options) => {
      const found = await log.offsetForTimestamp(timestampMs, options);
      return found === undefined ? undefined : Math.min(found + 1, log.offsets().logEnd - 1);
    },
  }),
  'a sync that does nothing': () => ({ sync: async () => undefined }),
  'a close that works once': (log) => {
    let closed = false;
    return {
      close: async () => {
        if (closed) throw new Error('closed already');
        closed = true;
        await log.close();
      },
    };
  },
};

const seesEverything: Change = (log) => ({
  read: (from, options) => log.read(from, { ...options, isolation: 'uncommitted' }),
});

describe('the exam of logs notices', () => {
  test('nothing where nothing is wrong', async () => {
    expect(
      await firstFailure(
        changed(() => ({})),
        'synced',
      ),
    ).toBeUndefined();
  });

  for (const [bug, change] of Object.entries(broken)) {
    test(bug, async () => {
      expect(await firstFailure(changed(change), 'synced')).toBeDefined();
    });
  }

  test('a durable reader who sees everything', async () => {
    const failed = await firstFailure(changed(seesEverything, syncNever()), 'written');
    expect(failed).toBe('a durable reader sees nothing that a power cut would take back');
  });
});
