import type { ProducerState } from '../producer/producer-state.js';
import type { SegmentContext } from '../segment/segment-context.js';
import type { LogComponents } from './log-components.js';
import type { OffsetMarks } from './log-offsets.js';
import type { LogSettings } from './log-settings.js';
import type { LogTail } from './log-tail.js';
import type { ManifestFile } from './manifest-file.js';
import type { SegmentFactory } from './segment-factory.js';
import type { Truncations } from './truncations.js';

/** What everything that changes an open log works on. */
export interface WriteSideParts {
  readonly components: LogComponents;
  readonly settings: LogSettings;
  readonly marks: OffsetMarks;
  readonly tail: LogTail;
  readonly manifest: ManifestFile;
  readonly factory: SegmentFactory;
  readonly segments: SegmentContext;
  readonly producers: ProducerState;
  readonly truncations: Truncations;
  /** Epoch of new frames, as of the opening. */
  readonly epoch: number;
}
