import { SeglogError } from '../contract/error.js';
import { invariant } from '../invariant.js';
import type { ActiveSegment } from './active-segment.js';
import type { Group } from './group.js';
import type { LogSettings } from './log-settings.js';

/** Groups below this size are worth zeros written ahead: larger ones pay for the extra write more than they gain. */
const PREALLOCATE_BELOW_BYTES = 64 * 1024;

export interface WriteGroupContext {
  readonly settings: Pick<LogSettings, 'preallocateBytes' | 'maxSegmentBytes'>;
  /** Writes zeros ahead: pays only where appends are synced. */
  readonly preallocate: boolean;
}

/** Writes a group behind what is written. Undefined when that is done; never throws: a group that fails has appends to be told. */
export function writeGroup(
  group: Group,
  active: ActiveSegment,
  context: WriteGroupContext,
): Promise<void> | undefined {
  try {
    const position = group.before.endPosition;
    invariant(position === active.published.endPosition, 'a group follows what is written');
    const write = (): Promise<void> | undefined =>
      active.write(position, group.buffer.subarray(0, group.bytes));
    return lacksRoom(group, active, context) ? makeRoom(group, active, context).then(write) : write();
  } catch (cause) {
    return Promise.reject(cause);
  }
}

function lacksRoom(
  { bytes, after }: Group,
  active: ActiveSegment,
  { settings, preallocate }: WriteGroupContext,
): boolean {
  if (!preallocate || settings.preallocateBytes === 0 || bytes >= PREALLOCATE_BELOW_BYTES) return false;
  return active.aheadOf(after.endPosition) < 0;
}

async function makeRoom(
  { after }: Group,
  active: ActiveSegment,
  { settings }: WriteGroupContext,
): Promise<void> {
  const size = Math.min(after.endPosition + settings.preallocateBytes, settings.maxSegmentBytes);
  try {
    await active.preallocate(size);
  } catch (cause) {
    if (!SeglogError.is(cause, 'STORAGE_FULL')) throw cause;
  }
}
