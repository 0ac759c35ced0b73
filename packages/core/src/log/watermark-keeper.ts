import type { Checksum } from '../contract/checksum.js';
import type { Clock, ScheduledCall } from '../contract/clock.js';
import type { StorageDirectory } from '../contract/storage-directory.js';
import { SlotFile } from '../journal/slot-file.js';
import { WATERMARK_FILE, type Watermark } from './watermark.js';

export interface WatermarkParts {
  readonly directory: StorageDirectory;
  readonly crc32c: Checksum;
  readonly clock: Clock;
  readonly delayMs: number;
  /** What is durable now. */
  current(): Watermark;
}

/**
 * Notes how far the log is durable a while after the last sync, without a sync of its own: cheap, and enough to tell
 * damage of synced records from a torn tail after most crashes. Not noting it is never an error, and after a failure
 * nothing is noted any more.
 */
export class WatermarkKeeper {
  readonly #parts: WatermarkParts;
  #file: Promise<SlotFile> | undefined;
  #timer: ScheduledCall | undefined;
  #writing: Promise<void> = Promise.resolve();
  #closed = false;

  public constructor(parts: WatermarkParts) {
    this.#parts = parts;
  }

  /** Something became durable: note it a while later, together with what becomes durable until then. */
  public touch(): void {
    if (this.#closed || this.#timer !== undefined) return;
    this.#timer = this.#parts.clock.schedule(this.#parts.delayMs, () => {
      this.#timer = undefined;
      this.#writing = this.#note();
    });
  }

  /** Nothing is noted any more. Resolves when what was under way has ended. */
  public async close(): Promise<void> {
    this.#closed = true;
    this.#timer?.cancel();
    await this.#writing;
    await (await this.#file)?.close();
  }

  async #note(): Promise<void> {
    const { directory, crc32c } = this.#parts;
    if (this.#closed) return;
    try {
      this.#file ??= SlotFile.read(directory, WATERMARK_FILE, crc32c).then(
        (content) => new SlotFile(directory, { name: WATERMARK_FILE, checksum: crc32c }, content),
      );
      const { segmentId, epoch, durable } = this.#parts.current();
      await (await this.#file).write({ segmentId, epoch, durable }, { sync: false });
    } catch {
      this.#closed = true;
    }
  }
}
