import { defaultComponents, type Log, MemoryDirectory, syncNever } from '../../src/index.js';
import { logPartitions } from '../../src/topic/log-partitions.js';
import type { OpenPartition } from '../../src/topic/topic-parts.js';

/** Real logs, and a record of which were opened: two at once over one directory would be two writers of one file. */
export class WatchedLogs {
  readonly opened: string[] = [];
  readonly logs: Map<string, Log> = new Map();
  /** Called before a log is opened; what it throws is why it cannot be. */
  before: (name: string) => void | Promise<void> = () => undefined;
  #epoch = 0;

  readonly openPartition: OpenPartition<Log> = async (directory, context) => {
    await this.before(context.name);
    if (this.isOpen(context.name)) throw new Error(`${context.name} is open already`);
    const log = await this.#open(directory, context);
    this.opened.push(context.name);
    this.logs.set(context.name, log);
    return log;
  };

  isOpen(name: string): boolean {
    const log = this.logs.get(name);
    try {
      return log?.offsets() !== undefined;
    } catch {
      return false;
    }
  }

  /** Records of an open log that a power cut would take back. */
  unsynced(name: string): number | undefined {
    return this.logs.get(name)?.stats().durableLag;
  }

  get #open(): OpenPartition<Log> {
    this.#epoch += 1;
    const epochs = { epoch: this.#epoch, raiseEpoch: async (): Promise<number> => (this.#epoch += 1) };
    const components = { ...defaultComponents(new MemoryDirectory(), epochs), syncPolicy: syncNever() };
    return logPartitions({ components, settings: {} });
  }
}
