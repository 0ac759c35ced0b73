import type { AppendOptions, AppendResult } from '../contract/partition-log.js';
import type { RecordInput } from '../contract/record.js';
import { SEGMENT_FOOTER_BYTES } from '../segment/segment-footer.js';
import type { LogPort } from './ahead-of-log.js';
import { measureRecords } from './append-request.js';
import type { WriteSideParts } from './write-side-parts.js';

/** What a port needs of the write side beyond its parts. */
export interface PortSide {
  /** Takes records that are durable elsewhere, as they are. */
  place(records: readonly RecordInput[], options: AppendOptions): Promise<AppendResult>;
  epoch(): number;
  forceSync(upTo: number): void;
}

/** The way into a log for what is written ahead of it. */
export function logPort(parts: WriteSideParts, side: PortSide): LogPort {
  const { components, settings, marks, manifest, producers, tail } = parts;
  return {
    name: components.name,
    codec: components.codec,
    maxFrameBytes: Math.min(settings.maxFrameBytes, settings.maxSegmentBytes - SEGMENT_FOOTER_BYTES * 2),
    producers,
    facts: () => ({
      logStart: marks.now.logStart,
      nextOffset: tail.active.assigned.nextOffset,
      epoch: side.epoch(),
      cutEpoch: manifest.state.cutEpoch,
    }),
    measure: (records) => measureRecords(records, settings),
    write: (records, { baseOffset, producer }) =>
      side.place(records, { expectedOffset: baseOffset, producer, acknowledge: 'written' }),
    publish: (nextOffset) => marks.publish(nextOffset),
    async sync() {
      const { written } = marks;
      side.forceSync(written);
      await marks.reached('synced', written);
    },
  };
}
