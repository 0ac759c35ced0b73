import { FormatRegistry } from '../segment/format-registry.js';
import { ScannedFrames } from '../segment/scanned-frames.js';
import type { SegmentContext } from '../segment/segment-context.js';
import type { LogComponents } from './log-components.js';
import type { LogSettings } from './log-settings.js';
import { makeIndexStore } from './made-parts.js';
import { SegmentFactory } from './segment-factory.js';

/** What the segments of a log that is made of these components share. */
export function segmentContext(
  components: LogComponents,
  settings: LogSettings,
  rest: Pick<SegmentContext, 'logId' | 'readOnly' | 'onIndexRebuilt' | 'onDrained'>,
): SegmentContext {
  return {
    directory: components.directory,
    formats: new FormatRegistry(
      [components.codec, ...components.readingCodecs],
      [components.checksum, ...components.readingChecksums],
    ),
    crc32c: components.crc32c,
    indexes: makeIndexStore(components.index, components.directory),
    indexIntervalBytes: settings.indexIntervalBytes,
    maxFrameBytes: settings.maxFrameBytes,
    buffers: components.readBuffers,
    scanned: new ScannedFrames(),
    breathe: (bytes) => components.breath.after(bytes),
    ...rest,
  };
}

/** Makes new segments of the components' own codec. */
export function segmentFactory(components: LogComponents, context: SegmentContext): SegmentFactory {
  const { codec, checksum, clock, random } = components;
  const writeBehind = components.ahead?.writeBehind;
  return new SegmentFactory({ context, codec, checksum, clock, random, writeBehind });
}
