import { SEGMENT_FOOTER_BYTES } from '../segment/segment-footer.js';
import type { LogPort } from './ahead-of-log.js';
import { measureRecords } from './append-request.js';
import type { PlacedWriter } from './placed-writer.js';
import type { WriteSideParts } from './write-side-parts.js';

/** What a port needs of the write side beyond its parts. */
export interface PortSide extends Pick<PlacedWriter, 'place'> {
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
    place: (frame) => side.place(frame),
    publish: (nextOffset) => marks.publish(nextOffset),
    async sync() {
      const { written } = marks;
      // What there is no room for on the disk is kept in memory and tried again; a sync that failed never is.
      await tail.active.flush();
      side.forceSync(written);
      await marks.reached('synced', written);
    },
  };
}
