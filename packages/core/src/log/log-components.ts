import type { Checksum } from '../contract/checksum.js';
import type { Clock } from '../contract/clock.js';
import type { FrameCodec } from '../contract/frame-codec.js';
import type { IndexStoreFactory } from '../contract/index-store.js';
import type { LogObserver } from '../contract/log-observer.js';
import type { RandomSource } from '../contract/random-source.js';
import type { StorageDirectory } from '../contract/storage-directory.js';
import type { SyncPolicyFactory } from '../contract/sync-policy.js';
import type { BufferPool } from '../segment/buffer-pool.js';
import type { AheadOfLog } from './ahead-of-log.js';
import type { Breath } from './breath.js';
import type { FrameCache } from './frame-cache.js';
import type { EpochSource } from './session.js';

/** The parts that one log is made of. What keeps state per log comes as a factory. */
export interface LogComponents {
  /** The log's own directory; nothing else of ours lives in it. */
  readonly directory: StorageDirectory;
  /** Names the log to observers; empty for a log that stands alone. */
  readonly name: string;
  /** Writes new segments; reads those that carry its id. */
  readonly codec: FrameCodec;
  /** Read segments that other codecs wrote. */
  readonly readingCodecs: readonly FrameCodec[];
  /** Guards the frames of new segments. */
  readonly checksum: Checksum;
  readonly readingChecksums: readonly Checksum[];
  /** Guards headers, footers and metadata, always. */
  readonly crc32c: Checksum;
  readonly index: IndexStoreFactory;
  readonly syncPolicy: SyncPolicyFactory;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly observer: LogObserver;
  /** Buffers to encode groups into, `groupBytes` long. Shared by all logs of an engine. */
  readonly writeBuffers: BufferPool;
  /** Buffers to read chunks into. Shared by all logs of an engine. */
  readonly readBuffers: BufferPool;
  /** Frames that random reads come back to. Shared by all logs of an engine; default none. */
  readonly frameCache?: FrameCache | undefined;
  /** Says when work that waits for nothing lets the event loop turn. Shared by all logs of an engine. */
  readonly breath: Breath;
  /** Takes appends before the log does, and makes them durable; absent where the log does that itself. */
  readonly ahead?: AheadOfLog | undefined;
  /** Where writer epochs come from; absent for a reader. */
  readonly epochs: EpochSource | undefined;
}
