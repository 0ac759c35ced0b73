import { SeglogError } from '../contract/error.js';
import type { RecordCursor } from '../contract/frame-codec.js';
import type { LogMaintenance } from '../contract/log-maintenance.js';
import type {
  AppendOptions,
  AppendResult,
  Isolation,
  LogOffsets,
  LogStats,
  PartitionLog,
  ReadOptions,
  ReadResult,
  ScanOptions,
  TailOptions,
} from '../contract/partition-log.js';
import type { RecordInput, StoredRecord } from '../contract/record.js';
import type { RecoveryReport } from '../contract/recovery-report.js';
import type { SealedSegment } from '../contract/segment-facts.js';
import { requireSafeInteger } from '../invariant.js';
import type { AppendsAhead } from './ahead-of-log.js';
import type { LogComponents } from './log-components.js';
import { closedError } from './log-offsets.js';
import { type LogSettings, logSettings } from './log-settings.js';
import { followLog } from './log-tailing.js';
import { type OpenLog, openLog } from './open-log.js';

export interface LogOpenOptions {
  /** Takes no lock, writes nothing, and serves what is there as of now. Default false. */
  readonly readOnly?: boolean | undefined;
}

/**
 * One partition on one directory: the engine's {@link PartitionLog}. `open` before use. It expects to be the only writer
 * of its directory, which the data root's lock sees to.
 */
export class Log implements PartitionLog {
  readonly #components: LogComponents;
  readonly #settings: LogSettings;
  #state: OpenLog | undefined;
  #ahead: AppendsAhead | undefined;
  #closing: Promise<void> | undefined;

  public constructor(components: LogComponents, settings: Partial<LogSettings> = {}) {
    this.#components = components;
    this.#settings = logSettings(settings);
  }

  /**
   * Recovers the log, or creates it where its directory is empty. Once. Rejects, with nothing lost, on damage of synced
   * data (`CORRUPT_SEGMENT`, by `onCorruption`), a missing file, an unknown format or an unregistered codec.
   */
  public async open(options: LogOpenOptions = {}): Promise<RecoveryReport> {
    if (this.#state !== undefined || this.#closing !== undefined) {
      throw new TypeError('a log is opened once');
    }
    const state = await openLog(this.#components, this.#settings, options.readOnly ?? false);
    this.#state = state;
    await this.#attach(state);
    return state.report;
  }

  /** Not an async function: that would be a second promise for each append. */
  public append(records: readonly RecordInput[], options: AppendOptions = {}): Promise<AppendResult> {
    try {
      const writer = this.#writable;
      // The array stays the caller's, who may fill it anew at once.
      const given = Array.isArray(records) ? records.slice() : records;
      return (this.#ahead ?? writer).append(given, options);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** One promise for a read that is answered from memory; so it is for a scan of one record. */
  public async read(from: number, options: ReadOptions = {}): Promise<ReadResult> {
    const result = this.#open.reader.read(from, options);
    return result instanceof Promise ? await result : result;
  }

  public async scan(
    from: number,
    visit: (cursor: RecordCursor) => unknown,
    options: ScanOptions = {},
  ): Promise<number> {
    const result = this.#open.reader.scan(from, visit, options);
    return result instanceof Promise ? await result : result;
  }

  public tail(from: number | 'earliest' | 'latest', options: TailOptions = {}): AsyncIterable<StoredRecord> {
    const { reader, marks, truncations } = this.#open;
    return followLog({ reader, marks, truncation: () => truncations }, from, options);
  }

  public offsets(): LogOffsets {
    return this.#open.marks.now;
  }

  public async offsetForTimestamp(
    timestampMs: number,
    options: { readonly isolation?: Isolation | undefined } = {},
  ): Promise<number | undefined> {
    return this.#open.reader.offsetForTimestamp(timestampMs, options.isolation);
  }

  public async whenDurable(
    offset: number,
    options: { readonly signal?: AbortSignal | undefined } = {},
  ): Promise<void> {
    requireSafeInteger(offset, 'offset');
    const { marks } = this.#open;
    if (marks.now.durable >= offset) return;
    const writer = this.#writable;
    if (this.#ahead === undefined) writer.forceSync(offset);
    await marks.reached('durable', offset, options.signal);
  }

  public async deleteRecordsBefore(firstKept: number): Promise<void> {
    await this.#writable.deleteRecordsBefore(firstKept);
  }

  public async truncateAfter(lastKept: number): Promise<void> {
    const writer = this.#writable;
    await this.#alone(() => writer.truncateAfter(lastKept));
  }

  public async roll(): Promise<SealedSegment> {
    const writer = this.#writable;
    return this.#alone(() => writer.roll());
  }

  public async sync(): Promise<void> {
    await this.whenDurable(this.#open.marks.now.logEnd);
  }

  public stats(): LogStats {
    return this.#open.stats();
  }

  /** What cleaners may do. Rejects and throws as the log does. */
  public get maintenance(): LogMaintenance {
    return this.#writable.maintenance;
  }

  /** What stands before the log, where something does. */
  public get ahead(): AppendsAhead | undefined {
    return this.#ahead;
  }

  public close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  public async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #close(): Promise<void> {
    const state = this.#state;
    if (state === undefined) return;
    await (this.#ahead === undefined ? state.close() : this.#ahead.close(() => state.close()));
  }

  async #attach(state: OpenLog): Promise<void> {
    const { ahead } = this.#components;
    if (ahead === undefined || state.writer === undefined) return;
    try {
      this.#ahead = ahead.attach(state.writer.port());
    } catch (cause) {
      await this.close().catch(() => undefined);
      throw cause;
    }
  }

  #alone<T>(step: () => Promise<T>): Promise<T> {
    return this.#ahead === undefined ? step() : this.#ahead.alone(step);
  }

  get #open(): OpenLog {
    if (this.#closing !== undefined || this.#state === undefined) throw closedError();
    return this.#state;
  }

  get #writable(): NonNullable<OpenLog['writer']> {
    const { writer } = this.#open;
    if (writer !== undefined) return writer;
    throw new SeglogError(
      'READ_ONLY',
      'the log was opened for reading, or serves what damage has left of it',
    );
  }
}
