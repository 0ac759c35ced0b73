import type { WalRecord } from '@seglog/core';
import { type FoundPart, foundWrite, WRITE } from './carried-write.js';
import { openWal, type WalParts } from './open-wal.js';
import type { SegmentedWriteAheadLog } from './segmented-write-ahead-log.js';
import type { WalSettings } from './wal-settings.js';

/** Where that lies which no partition could take. */
export const UNAPPLIED_DIRECTORY = 'wal-unapplied';

/** Records that no partition could take, as they were: in a write-ahead log of their own that nothing replays. */
export class UnappliedRecords {
  readonly #open: () => Promise<SegmentedWriteAheadLog>;
  #wal: SegmentedWriteAheadLog | undefined;

  /** Nothing is opened or made before it is needed. */
  public constructor(parts: WalParts, settings: Partial<WalSettings>) {
    this.#open = async () => {
      this.#wal ??= await openWal(parts, UNAPPLIED_DIRECTORY, settings);
      return this.#wal;
    };
  }

  /** Durable when it resolves. */
  public async keep({ kind, payload }: WalRecord): Promise<void> {
    const wal = await this.#open();
    await wal.append(payload, { kind });
  }

  /**
   * Shows each part of each record, in order, to `take`, which answers whether its partition has it now, durably. Then lets go
   * of the records before the first of which one part is still needed.
   */
  public async takeOut(take: (part: FoundPart) => Promise<boolean>): Promise<void> {
    const wal = await this.#open();
    let neededFrom: number | undefined;
    await wal.replay(async ({ kind, lsn, payload }) => {
      let isTaken = kind === WRITE;
      for (const part of kind === WRITE ? foundWrite(payload) : []) {
        const answer = await take(part);
        isTaken &&= answer;
      }
      if (!isTaken) neededFrom ??= lsn;
    });
    const { start, durable } = wal.marks();
    const end = neededFrom ?? durable;
    if (end > start) await wal.release(end);
  }

  public async close(): Promise<void> {
    await this.#wal?.close();
  }
}
