import { MemoryDirectory, type WalRecord, type WriteAheadLog } from '@seglog/core';
import { type SuiteRunner, writeAheadLogConformance } from '@seglog/testing';
import { describe, expect, test } from 'vitest';
import { openWal, type WalBench } from './wal-bench.js';

/** What a write-ahead log does wrong, given one that is sound. `opened` counts how often the directory was opened before. */
type Plant = (sound: WalBench['wal'], opened: number) => Partial<WriteAheadLog>;

const replayWith =
  (change: (record: WalRecord) => WalRecord | undefined): Plant =>
  (sound) => ({
    replay: (visit) =>
      sound.replay((record) => {
        const changed = change(record);
        return changed === undefined ? undefined : visit(changed);
      }),
  });

const BUGS: Readonly<Record<string, Plant>> = {
  'LSNs start again when the log is opened': (sound, opened) => ({
    append: async (payload, options) => {
      const { lsn, nextLsn } = await sound.append(payload, options);
      return opened === 0 ? { lsn, nextLsn } : { lsn: 0, nextLsn: nextLsn - lsn };
    },
  }),
  'a record is named by the LSN behind it': replayWith((record) => ({ ...record, lsn: record.lsn + 1 })),
  'the pieces of a long record are records': replayWith((record) =>
    record.payload.length > 200 ? { ...record, payload: record.payload.subarray(0, 200) } : record,
  ),
  'kinds are forgotten': replayWith((record) => ({ ...record, kind: 0 })),
  'empty records are passed over': replayWith((record) => (record.payload.length === 0 ? undefined : record)),
  'a replay lends one buffer': (sound) => {
    const lent = new Uint8Array(8192);
    const lend = ({ payload, ...rest }: WalRecord): WalRecord => {
      lent.set(payload);
      return { ...rest, payload: lent.subarray(0, payload.length) };
    };
    return { replay: (visit) => sound.replay((record) => visit(lend(record))) };
  },
  'a visitor is not waited for': (sound) => ({
    replay: (visit) => sound.replay((record) => void Promise.resolve(visit(record)).catch(() => undefined)),
  }),
  'nothing is released': () => ({ release: async () => undefined }),
  'everything is released': (sound) => ({ release: () => sound.release(sound.marks().durable) }),
  'a release beyond the end is cut to size': (sound) => ({
    release: (lsn) => sound.release(Math.min(lsn, sound.marks().durable)),
  }),
  'an append resolves before it is durable': (sound) => ({
    append: (payload, options) => {
      const { end } = sound.marks();
      const pending = sound.append(payload, options);
      pending.catch(() => undefined);
      return Promise.resolve({ lsn: end, nextLsn: end + 1 });
    },
  }),
  'a record that is too long is cut': (sound) => ({
    append: (payload, options) => sound.append(payload.subarray(0, 4096), options),
  }),
  'a closed log goes on answering': () => ({ marks: () => ({ start: 0, durable: 0, end: 0 }) }),
};

function exam(plant: Plant): (runner: SuiteRunner) => void {
  return (runner) =>
    writeAheadLogConformance(runner, 'planted', () => {
      const root = new MemoryDirectory();
      let opened = -1;
      let bench: WalBench | undefined;
      const dispose = async (): Promise<void> => bench?.close().catch(() => undefined);
      const open = async (): Promise<WriteAheadLog> => {
        await dispose();
        bench = await openWal(root);
        opened += 1;
        return planted(bench.wal, plant(bench.wal, opened));
      };
      return { open, dispose };
    });
}

function planted(sound: WalBench['wal'], change: Partial<WriteAheadLog>): WriteAheadLog {
  return new Proxy(sound, {
    get: (target, name) => {
      const from: object = name in change ? change : target;
      const value: unknown = Reflect.get(from, name);
      return typeof value === 'function' ? value.bind(from) : value;
    },
  });
}

/** Sits an exam without a test runner, and names the cases that fail. */
async function failuresOf(sit: (runner: SuiteRunner) => void): Promise<string[]> {
  const cases: { readonly name: string; readonly body: () => void | Promise<void> }[] = [];
  sit({ describe: (_name, body) => body(), test: (name, body) => void cases.push({ name, body }) });
  const failures: string[] = [];
  for (const { name, body } of cases) await Promise.resolve(body()).catch(() => failures.push(name));
  return failures;
}

describe('the exam of write-ahead logs', () => {
  test.each(Object.entries(BUGS))('notices that %s', async (_name, plant) => {
    expect(await failuresOf(exam(plant))).not.toEqual([]);
  });

  test('passes a sound one', async () => {
    expect(await failuresOf(exam(() => ({})))).toEqual([]);
  });
});
