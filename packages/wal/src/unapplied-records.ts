import type { WalRecord } from '@seglog/core';
import type { SegmentedWriteAheadLog } from './segmented-write-ahead-log.js';

/** Records that no partition could take, as they were: in a write-ahead log of their own that nothing replays. */
export class UnappliedRecords {
  readonly #open: () => Promise<SegmentedWriteAheadLog>;
  #wal: SegmentedWriteAheadLog | undefined;

  public constructor(open: () => Promise<SegmentedWriteAheadLog>) {
    this.#open = open;
  }

  public async keep({ kind, payload }: WalRecord): Promise<void> {
    this.#wal ??= await this.#open();
    await this.#wal.append(payload, { kind });
  }

  public async close(): Promise<void> {
    await this.#wal?.close();
  }
}
