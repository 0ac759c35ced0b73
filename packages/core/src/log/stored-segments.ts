import type { StorageDirectory } from '../contract/storage-directory.js';
import { SEGMENT_HEADER_BYTES } from '../segment/segment-header.js';
import { parseSegmentFileName } from '../segment/segment-name.js';

/** Files of segments in the directory of a log, whatever its manifest says. */
export interface StoredSegments {
  /** One that holds records, or held some: it is longer than its header, or not the first. */
  readonly withRecords: string | undefined;
  /** Those that never held any. */
  readonly empty: readonly string[];
}

export async function storedSegments(directory: StorageDirectory): Promise<StoredSegments> {
  const empty: string[] = [];
  let withRecords: string | undefined;
  for (const { name, kind } of await directory.list()) {
    const segment = kind === 'file' ? parseSegmentFileName(name) : undefined;
    if (segment === undefined) continue;
    const bytes = (await directory.sizeOf(name)) ?? 0;
    if (segment.baseOffset > 0 || bytes > SEGMENT_HEADER_BYTES) withRecords ??= name;
    else empty.push(name);
  }
  return { withRecords, empty };
}
