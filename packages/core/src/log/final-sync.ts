import { SeglogError } from '../contract/error.js';

/**
 * A sync that failed has failed for good, whatever it says the reason is: even a full disk, because what the caches hold
 * may pass for written from then on. So it is never taken for a step that can be undone and tried again.
 */
export async function finalSync(sync: () => Promise<void>): Promise<void> {
  try {
    await sync();
  } catch (cause) {
    if (!SeglogError.is(cause, 'STORAGE_FULL')) throw cause;
    throw new SeglogError('STORAGE', 'a sync failed; what reached the medium is unknown', cause.facts, {
      cause,
    });
  }
}
