import type { LogOffsets } from './partition-log.js';

/** Why bytes at the end of the active segment were cut. */
export type TailVerdict =
  /** Zeros that were written ahead of the writer. Nothing was lost. */
  | 'preallocated'
  /** A frame whose end never reached the disk: the normal trace of a crash. */
  | 'torn'
  /** Frames that reached the disk although one before them did not. None of them was ever proven synced. */
  | 'reordered'
  /** A whole frame that does not verify, with nothing after it: torn, or damaged in its last unproven group. */
  | 'ambiguous';

/** What opening a log found and did. */
export interface RecoveryReport {
  /** True when the log was closed cleanly and nothing had to be scanned. A log that this opening has made never was. */
  readonly clean: boolean;
  /** Bytes of frames that were read and verified. */
  readonly scannedBytes: number;
  /** What was cut from the end of the active segment. */
  readonly truncated?: {
    readonly file: string;
    readonly position: number;
    readonly bytes: number;
    readonly verdict: TailVerdict;
  };
  /**
   * Files of segments that had taken appends while the one before them had yet to be sealed. They are part of the log:
   * this opening, unless it was for reading, has sealed those before them.
   */
  readonly adopted?: readonly string[];
  /** Paths of copies that this recovery made, in `quarantine/` (or `quarantine-2/`, where a file has that name). */
  readonly quarantined: readonly string[];
  /** Leftovers that were removed: temporaries, and files that the manifest had retired. */
  readonly removed: readonly string[];
  /** Offsets `[from, to)` that are known to be lost. */
  readonly gaps: readonly { readonly from: number; readonly to: number }[];
  /** Derived files that were made anew. */
  readonly rebuilt: readonly string[];
  readonly durationMs: number;
  readonly offsets: LogOffsets;
}
