import { expect, test } from 'vitest';
import { crc32c, MemoryDirectory } from '../../src/index.js';
import { encodeSegmentHeader } from '../../src/segment/segment-header.js';
import { segmentFileName } from '../../src/segment/segment-name.js';
import { closeCleanly, contentOf, openOn, putFile, record } from './log-bench.js';

const checksum = crc32c();
const HEADER = {
  id: 'feedfacefeedface',
  baseOffset: 500,
  logId: 'ab'.repeat(16),
  salt: 1,
  maxFrameBytes: 4096,
  codecId: 1,
  checksumId: 1,
  createdAtMs: 1,
  predecessorId: undefined,
};

/** A header of a version that is to come. */
function newer(): Uint8Array {
  const bytes = encodeSegmentHeader(HEADER, checksum);
  const view = new DataView(bytes.buffer);
  view.setUint16(8, 9);
  view.setUint16(10, 9);
  view.setUint32(124, checksum.of(bytes, 0, 124, 0));
  return bytes;
}

test.each([
  ['of a newer version', newer(), true],
  ['of another log', encodeSegmentHeader(HEADER, checksum), true],
  ['of bytes that are no header', new Uint8Array(500).fill(7), true],
  ['that holds no more than a torn header', new Uint8Array(100), false],
])('a file that is named like a segment, %s', async (_, bytes, stays) => {
  const root = new MemoryDirectory();
  const one = await openOn(root);
  await one.log.append([record('kept')]);
  await putFile(one.directory, segmentFileName(HEADER), bytes);
  await closeCleanly(one);
  const two = await openOn(root);
  expect((await two.log.read(0)).records).toHaveLength(1);
  expect((await two.directory.sizeOf(segmentFileName(HEADER))) !== undefined).toBe(stays);
  if (stays) expect(await contentOf(two.directory, segmentFileName(HEADER))).toEqual(bytes);
  await closeCleanly(two);
});
