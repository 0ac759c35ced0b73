import { expect, test } from 'vitest';
import { crc32c, crcFrameCodec, type SegmentReader } from '../../src/index.js';
import { FrameScan } from '../../src/segment/frame-scan.js';

test('a codec that never has enough bytes is stopped at the longest frame that the segment may hold', async () => {
  const context = { logId: new Uint8Array(16), salt: 1, checksum: crc32c(), maxFrameBytes: 4096 };
  const insatiable = Object.assign(Object.create(crcFrameCodec().forSegment(context)), {
    peek: () => 'partial',
  });
  let most = 0;
  const reader: SegmentReader = {
    read: (_, scratch) => {
      most = Math.max(most, scratch.length);
      return scratch.fill(1);
    },
    close: async () => undefined,
  };
  const scan = new FrameScan(reader, insatiable, {
    position: 128,
    endPosition: 1_000_000,
    maxFrameBytes: 4096,
    scratch: new Uint8Array(512),
  });
  expect(await scan.look()).toBe('corrupt');
  expect(most).toBe(4096);
});
