import { batchFrameCodec, crc32c, FrameHeader } from '@seglog/core';
import type { StoreImage } from '../../src/index.js';
import { readHeader } from '../../src/invariants/stored-segment.js';

/** Epoch of each frame of a store of batch frames, by the offset that the frame starts at. */
export function frameEpochs(image: StoreImage): ReadonlyMap<number, number> {
  const epochs = new Map<number, number>();
  const frame = new FrameHeader();
  for (const [file, bytes] of image) {
    if (!file.endsWith('.log')) continue;
    const header = readHeader(bytes.subarray(0, 128), crc32c());
    if (typeof header === 'string') throw new Error(`${file}: ${header}`);
    const codec = batchFrameCodec().forSegment({ ...header, logId: header.logIdBytes, checksum: crc32c() });
    for (let at = 128; codec.peek(bytes, at, bytes.length, frame) === 'frame'; at += frame.frameBytes) {
      epochs.set(frame.baseOffset, frame.epoch);
    }
  }
  return epochs;
}
