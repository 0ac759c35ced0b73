import { parseArgs } from 'node:util';
import { parseSyncPolicy } from 'seglog';

export interface QuickstartOptions {
  /** What reads sealed segments. */
  readonly reader: 'mmap' | 'pread';
  /** Text form of a sync policy. */
  readonly sync: string;
  readonly codec: 'batch' | 'crc';
  /** Absent: a new directory for temporary files. */
  readonly data: string | undefined;
  /** Most records of flights-200k; of flights-20k a tenth of it. */
  readonly records: number;
}

export const HELP = `Stores real flights in topics, kills the engine, and finds every acknowledged record again.

  npm start -- [options]

  --reader mmap|pread   what reads sealed segments                                (default mmap)
  --sync POLICY         always, never, appends:100, bytes:1MiB, ms:100, group:2ms (default group:2ms)
  --codec batch|crc     how records become bytes                                  (default batch)
  --data DIR            where the data goes: a new or empty directory, or that of
                        an earlier run, behind whose records this one goes on     (default a temporary one)
  --records N           how many flights of the large file, 100 to 200000         (default 200000)
  --help                this text
`;

/** The command line is wrong: the message says how. */
export class UsageError extends Error {
  public override readonly name = 'UsageError';
}

/** Undefined when help was asked for. Throws {@link UsageError}. */
export function parseOptions(args: readonly string[]): QuickstartOptions | undefined {
  const values = readArguments(args);
  if (values.help) return undefined;
  const { reader, sync, codec, data } = values;
  if (reader !== 'mmap' && reader !== 'pread') throw wrong('reader', 'mmap or pread', reader);
  if (codec !== 'batch' && codec !== 'crc') throw wrong('codec', 'batch or crc', codec);
  if (data === '') throw wrong('data', 'a directory', data);
  requireSyncPolicy(sync);
  return { reader, sync, codec, data, records: requireRecords(values.records) };
}

function readArguments(args: readonly string[]) {
  try {
    const options = {
      reader: { type: 'string', default: 'mmap' },
      sync: { type: 'string', default: 'group:2ms' },
      codec: { type: 'string', default: 'batch' },
      data: { type: 'string' },
      records: { type: 'string', default: '200000' },
      help: { type: 'boolean', short: 'h', default: false },
    } as const;
    return parseArgs({ args: [...args], options, allowPositionals: false }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function requireSyncPolicy(text: string): void {
  try {
    parseSyncPolicy(text);
  } catch (error) {
    throw new UsageError(`--sync: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function requireRecords(text: string): number {
  const records = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (records < 100 || records > 200_000) throw wrong('records', 'a number from 100 to 200000', text);
  return records;
}

const wrong = (option: string, wanted: string, given: string): UsageError =>
  new UsageError(`--${option} takes ${wanted}, not ${JSON.stringify(given.slice(0, 100))}`);
