import type { ScheduledCall } from '../contract/clock.js';
import type { IndexStore } from '../contract/index-store.js';
import type { SegmentFacts } from '../contract/segment-facts.js';
import { SerialQueue } from '../journal/serial-queue.js';
import { segmentFileName } from '../segment/segment-name.js';
import type { LogComponents } from './log-components.js';
import type { ManifestFile } from './manifest-file.js';

export interface RetiredFilesParts {
  readonly components: LogComponents;
  readonly manifest: ManifestFile;
  readonly delayMs: number;
}

/**
 * Removes the files of segments that the log no longer names and nobody reads. Late or never is harmless: the next open
 * finds them retired in the manifest and removes them.
 */
export class RetiredFiles {
  readonly #parts: RetiredFilesParts;
  readonly #queue = new SerialQueue();
  readonly #timers = new Set<ScheduledCall>();
  #closed = false;

  public constructor(parts: RetiredFilesParts) {
    this.#parts = parts;
  }

  /** The last reader of a retired segment has left. */
  public drained(facts: SegmentFacts, indexes: IndexStore): void {
    if (this.#closed) return;
    const call = this.#parts.components.clock.schedule(this.#parts.delayMs, () => {
      this.#timers.delete(call);
      void this.#queue.run(() => this.#remove(facts, indexes)).catch(() => undefined);
    });
    this.#timers.add(call);
  }

  /** What has not been removed yet stays for the next open. */
  public async close(): Promise<void> {
    this.#closed = true;
    for (const call of this.#timers) call.cancel();
    await this.#queue.idle();
  }

  async #remove(facts: SegmentFacts, indexes: IndexStore): Promise<void> {
    const { components, manifest } = this.#parts;
    await indexes.remove(facts);
    await components.directory.remove(segmentFileName(facts));
    await components.directory.sync();
    await manifest.commit([{ type: 'forget', ids: [facts.id] }]);
  }
}
