import {
  BufferPool,
  crc32c,
  defaultComponents,
  Log,
  type LogComponents,
  type LogOpenOptions,
  type LogSettings,
  MemoryDirectory,
  type RecoveryReport,
  type StorageDirectory,
  SystemClock,
  SystemRandom,
  WriterSession,
} from '@seglog/core';
import { copyDirectory } from './copy-directory.js';

/** Shared by all, as an engine shares them: a search opens logs by the thousand. */
const BUFFERS = {
  writeBuffers: new BufferPool({ bufferBytes: 64 * 1024, maxIdle: 4 }),
  readBuffers: new BufferPool({ bufferBytes: 64 * 1024, maxIdle: 8 }),
};

/** What a log is opened with: settings, and parts that stand in for the defaults. */
export interface LogMakings {
  readonly settings?: Partial<LogSettings>;
  readonly parts?: Partial<LogComponents>;
}

/** A log on a data root of its own, with the writer's session around it: what an engine does for its partitions. */
export class LogWorkbench {
  public readonly root: StorageDirectory;
  /** The log's own directory. */
  public readonly directory: StorageDirectory;
  public readonly log: Log;
  public readonly report: RecoveryReport;
  readonly #session: WriterSession | undefined;

  private constructor(
    place: { readonly root: StorageDirectory; readonly directory: StorageDirectory },
    opened: {
      readonly log: Log;
      readonly report: RecoveryReport;
      readonly session: WriterSession | undefined;
    },
  ) {
    this.root = place.root;
    this.directory = place.directory;
    this.log = opened.log;
    this.report = opened.report;
    this.#session = opened.session;
  }

  /** Opens the log of a data root, or makes it where there is none. A failed opening leaves no lock. */
  public static async open(
    root: StorageDirectory = new MemoryDirectory(),
    makings: LogMakings = {},
    { readOnly = false }: LogOpenOptions = {},
  ): Promise<LogWorkbench> {
    const parts = { clock: new SystemClock(), random: new SystemRandom(), checksum: crc32c() };
    const session = readOnly ? undefined : await WriterSession.open(root, parts);
    try {
      const directory = await root.directory('log', { create: !readOnly });
      const components = { ...defaultComponents(directory, session), ...BUFFERS, ...makings.parts };
      const log = new Log(components, makings.settings);
      const report = await log.open({ readOnly });
      return new LogWorkbench({ root, directory }, { log, report, session });
    } catch (cause) {
      await session?.close({ clean: false });
      throw cause;
    }
  }

  /** Everything durable, the lock released. */
  public async close(): Promise<void> {
    let clean = false;
    try {
      await this.log.close();
      clean = true;
    } finally {
      await this.#session?.close({ clean });
    }
  }

  /** As `close`, whatever state the log is in. */
  public async dispose(): Promise<void> {
    await this.close().catch(() => undefined);
  }

  /**
   * The data root as a process leaves it that is killed now. What this log does afterwards never reaches the copy; close
   * it, so that its timers end.
   */
  public kill(): Promise<MemoryDirectory> {
    return copyDirectory(this.root);
  }
}
