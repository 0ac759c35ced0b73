import { expect, test } from 'vitest';
import { crc32c, MemoryDirectory, SeglogError } from '../../src/index.js';
import {
  decodeSegmentFooter,
  encodeSegmentFooter,
  SEGMENT_FOOTER_BYTES,
} from '../../src/segment/segment-footer.js';
import { closeCleanly, contentOf, filesOf, openOn, putFile, record } from './log-bench.js';

const checksum = crc32c();

test('a footer that verifies and says something else than the manifest is damage', async () => {
  const root = new MemoryDirectory();
  const one = await openOn(root);
  for (let i = 0; i < 5; i++) await one.log.append([record(`v${i}`)]);
  await one.log.roll();
  await one.log.append([record('in the next segment')]);
  await closeCleanly(one);
  const [file = ''] = await filesOf(one.directory, '.log');
  const bytes = await contentOf(one.directory, file);
  const at = bytes.length - SEGMENT_FOOTER_BYTES;
  const footer = decodeSegmentFooter(bytes.subarray(at), 128, checksum);
  if (footer === undefined) throw new Error('a sealed segment ends with its footer');
  const facts = { ...footer.facts, recordCount: footer.facts.recordCount + 1 };
  bytes.set(encodeSegmentFooter({ ...footer, facts }, checksum), at);
  await putFile(one.directory, file, bytes);
  const two = await openOn(root);
  await expect(two.log.read(0)).rejects.toSatisfy((error) => SeglogError.is(error, 'CORRUPT_SEGMENT'));
  expect((await two.log.read(5)).records).toHaveLength(1);
  await closeCleanly(two);
});
