import type { KnownFormats } from './check/check-segment.js';
import { batchFrameCodec } from './codec/batch-frame-codec.js';
import { crc32, crc32c } from './codec/checksums.js';
import { crcFrameCodec } from './codec/crc-frame-codec.js';
import type { Checksum } from './contract/checksum.js';
import type { FrameCodec } from './contract/frame-codec.js';
import type { StorageDirectory } from './contract/storage-directory.js';
import { fileIndex } from './index/file-index-store.js';
import { Breath } from './log/breath.js';
import { FrameCache } from './log/frame-cache.js';
import type { LogComponents } from './log/log-components.js';
import type { EpochSource } from './log/session.js';
import { syncAlways } from './policy/sync-policies.js';
import { BufferPool } from './segment/buffer-pool.js';
import { SystemClock } from './system/system-clock.js';
import { SystemRandom } from './system/system-random.js';

/** 512 KiB to write from, 256 KiB to read into; a few of each are kept when idle. */
const WRITE_BUFFERS = { bufferBytes: 512 * 1024, maxIdle: 8 };
/** Frames that random reads come back to, with their tables. */
const FRAME_CACHE_BYTES = 64 * 1024 * 1024;
const READ_BUFFERS = { bufferBytes: 256 * 1024, maxIdle: 16 };

/**
 * The parts that a log has when nobody says otherwise, on a directory: batch frames, crc32c, a file index, a sync for
 * every append (shared by those that wait together). `epochs` is the writer session of the data root.
 */
export function defaultComponents(
  directory: StorageDirectory,
  epochs: EpochSource | undefined,
): LogComponents {
  return {
    directory,
    name: '',
    codec: batchFrameCodec(),
    readingCodecs: [crcFrameCodec()],
    checksum: crc32c(),
    readingChecksums: [crc32()],
    crc32c: crc32c(),
    index: fileIndex({ checksum: crc32c() }),
    syncPolicy: syncAlways(),
    clock: new SystemClock(),
    random: new SystemRandom(),
    observer: { observe: () => undefined },
    writeBuffers: new BufferPool(WRITE_BUFFERS),
    readBuffers: new BufferPool(READ_BUFFERS),
    frameCache: new FrameCache({ maxBytes: FRAME_CACHE_BYTES }),
    breath: new Breath(),
    epochs,
  };
}

/** What a store may be read with: the codecs and checksums of the house, and others by their ids. */
export function knownFormats(
  others: { readonly codecs?: readonly FrameCodec[]; readonly checksums?: readonly Checksum[] } = {},
): KnownFormats {
  const codecs = [batchFrameCodec(), crcFrameCodec(), ...(others.codecs ?? [])];
  const checksums = [crc32c(), crc32(), ...(others.checksums ?? [])];
  return {
    codecs: new Map(codecs.map((codec) => [codec.id, codec])),
    checksums: new Map(checksums.map((checksum) => [checksum.id, checksum])),
    crc32c: crc32c(),
  };
}
