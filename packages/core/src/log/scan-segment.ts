import type { SegmentReader } from '../contract/segment-reader.js';
import type { SegmentHeader } from '../segment/segment-header.js';
import { segmentFileName } from '../segment/segment-name.js';
import { segmentCodec } from '../segment/segment-open.js';
import { emptyFacts } from './manifest.js';
import type { RecoveryContext } from './recovery.js';
import { scanTail, type TailScan, type TailScanInput } from './tail-scan.js';
import type { UnnamedSegment } from './unnamed-files.js';

/** Where a scan starts, and what follows there. */
export type ScanStart = Pick<TailScanInput, 'from' | 'minEpoch' | 'dense'>;

/** Scans a segment that is not sealed with what its header says it was written with. */
export async function scanSegment(
  { segments, settings }: Pick<RecoveryContext, 'segments' | 'settings'>,
  segment: { readonly header: SegmentHeader; readonly reader: SegmentReader; readonly sizeBytes: number },
  start: ScanStart,
): Promise<TailScan> {
  const { header, reader, sizeBytes } = segment;
  const { maxFrameBytes } = header;
  const { indexIntervalBytes } = settings;
  const file = segmentFileName(header);
  const codec = segmentCodec(segments, header, file);
  const checksum = segments.formats.checksum(header.checksumId, file);
  const scratch = segments.buffers.acquire();
  try {
    const limits = { sizeBytes, maxFrameBytes, indexIntervalBytes };
    const { scanned } = segments;
    return await scanTail({ reader, codec, checksum, scratch, scanned, ...limits, ...start });
  } finally {
    segments.buffers.release(scratch);
  }
}

/** Every record below this offset was synced: some frame of these segments says so. */
export async function provenBy(
  context: Pick<RecoveryContext, 'segments' | 'settings'>,
  unnamed: readonly UnnamedSegment[],
): Promise<number> {
  let upTo = 0;
  for (const { header, reader, bytes } of unnamed) {
    const start = { from: emptyFacts(header), minEpoch: 0, dense: false };
    const { stableUpTo } = await scanSegment(context, { header, reader, sizeBytes: bytes }, start);
    upTo = Math.max(upTo, stableUpTo);
  }
  return upTo;
}
