import { batchFrameCodec, crc32c, FrameHeader } from '@seglog/core';
import type { StoreImage } from '../../src/index.js';

/** Epoch of each frame of a store of batch frames, by the offset that the frame starts at. */
export function frameEpochs(image: StoreImage): ReadonlyMap<number, number> {
  const epochs = new Map<number, number>();
  const frame = new FrameHeader();
  for (const [file, bytes] of image) {
    if (!file.endsWith('.log')) continue;
    const header = new DataView(bytes.buffer, bytes.byteOffset, 128);
    const codec = batchFrameCodec().forSegment({
      logId: bytes.subarray(16, 32),
      salt: header.getUint32(64),
      maxFrameBytes: header.getUint32(68),
      checksum: crc32c(),
    });
    for (let at = 128; codec.peek(bytes, at, bytes.length, frame) === 'frame'; at += frame.frameBytes) {
      epochs.set(frame.baseOffset, frame.epoch);
    }
  }
  return epochs;
}
