import type { Checksum } from '../contract/checksum.js';
import type { IndexStore } from '../contract/index-store.js';
import type { SegmentFacts } from '../contract/segment-facts.js';
import type { StorageDirectory } from '../contract/storage-directory.js';
import type { BufferPool } from './buffer-pool.js';
import type { FormatRegistry } from './format-registry.js';
import type { ScannedFrames } from './scanned-frames.js';

/** What the segments of one log share. */
export interface SegmentContext {
  readonly directory: StorageDirectory;
  /** 32 hexadecimal digits. */
  readonly logId: string;
  readonly formats: FormatRegistry;
  /** Guards headers and footers, whatever the frames use. */
  readonly crc32c: Checksum;
  readonly indexes: IndexStore;
  readonly indexIntervalBytes: number;
  /** Longest frame that new segments may hold. */
  readonly maxFrameBytes: number;
  /** Buffers to scan with. */
  readonly buffers: BufferPool;
  /** What a recovery has seen while the log is opened. */
  readonly scanned: ScannedFrames;
  readonly readOnly: boolean;
  /** Called after a step of work that is worth so many bytes: the pause that it has to wait for, if one is due. */
  breathe(bytes: number): Promise<void> | undefined;
  /** An index had to be made from the frames. */
  onIndexRebuilt(segment: SegmentFacts): void;
  /** Nobody reads a retired segment any more: its files may go. */
  onDrained(segment: SegmentFacts): void;
}
