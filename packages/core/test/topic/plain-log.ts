import type {
  AppendResult,
  LogOffsets,
  PartitionLog,
  ReadResult,
  RecordInput,
  StorageDirectory,
  StoredRecord,
  WritableFile,
} from '../../src/index.js';
import { SeglogError } from '../../src/index.js';
import type { OpenPartition } from '../../src/topic/topic-parts.js';
import { fileBytes } from '../journal/parts.js';

const FILE = 'RECORDS';

/** The shortest log that keeps its records: one file of JSON lines. It does what topics need of a log and no more. */
export class PlainLog implements Partial<PartitionLog> {
  closed = false;
  syncs = 0;
  readonly #file: WritableFile;
  readonly #records: StoredRecord[];
  #end: number;

  constructor(file: WritableFile, bytes: Uint8Array) {
    this.#file = file;
    this.#end = bytes.length;
    const lines = new TextDecoder().decode(bytes).split('\n').slice(0, -1);
    this.#records = lines.map((line) => parse(line));
  }

  async append(records: readonly RecordInput[]): Promise<AppendResult> {
    this.#requireOpen();
    const baseOffset = this.#records.length;
    const lines = records.map(({ key, value }) => `${JSON.stringify([text(key), text(value)])}\n`);
    for (const line of lines) this.#records.push({ ...parse(line), offset: this.#records.length });
    const bytes = new TextEncoder().encode(lines.join(''));
    const position = this.#end;
    this.#end += bytes.length;
    await this.#file.write(position, [bytes]);
    return { baseOffset, lastOffset: this.#records.length - 1, durability: 'synced', duplicate: false };
  }

  async read(from: number): Promise<ReadResult> {
    this.#requireOpen();
    const records = this.#records.slice(from).map((record, index) => ({ ...record, offset: from + index }));
    return { records, nextOffset: this.#records.length, gaps: [] };
  }

  async *tail(from: number | 'earliest' | 'latest'): AsyncGenerator<StoredRecord> {
    const { records } = await this.read(from === 'earliest' ? 0 : Number(from));
    yield* records;
  }

  offsets(): LogOffsets {
    const logEnd = this.#records.length;
    return { logStart: 0, highWatermark: logEnd, durable: logEnd, logEnd };
  }

  async sync(): Promise<void> {
    this.syncs += 1;
    await this.#file.sync();
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.#file.close();
  }

  #requireOpen(): void {
    if (this.closed) throw new SeglogError('LOG_CLOSED', 'the log was closed');
  }
}

/** Opens plain logs, and tells which ones: two at once over one directory would be two writers of one file. */
export class PlainLogs {
  readonly opened: string[] = [];
  readonly open: Map<string, PlainLog> = new Map();
  /** Called before a log is opened; what it throws is why it cannot be. */
  before: (name: string) => void | Promise<void> = () => undefined;

  readonly openPartition: OpenPartition = async (directory, context) => {
    await this.before(context.name);
    if (this.open.get(context.name)?.closed === false) throw new Error(`${context.name} is open already`);
    const file = context.create ? await made(directory) : await directory.open(FILE);
    const log = new PlainLog(file, await fileBytes(directory, FILE));
    this.opened.push(context.name);
    this.open.set(context.name, log);
    return log as Partial<PartitionLog> as PartitionLog;
  };
}

async function made(directory: StorageDirectory): Promise<WritableFile> {
  const file = await directory.create(FILE);
  await file.sync();
  await directory.sync();
  return file;
}

const text = (bytes: Uint8Array | null | undefined): string | null =>
  bytes === null || bytes === undefined ? null : new TextDecoder().decode(bytes);

const bytesOf = (one: string | null | undefined): Uint8Array | null =>
  one === null || one === undefined ? null : new TextEncoder().encode(one);

function parse(line: string): StoredRecord {
  const [key, value] = JSON.parse(line) as readonly (string | null)[];
  return { offset: 0, timestampMs: 0, key: bytesOf(key), value: bytesOf(value), headers: [] };
}
