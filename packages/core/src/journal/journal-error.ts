import { type ErrorFacts, SeglogError } from '../contract/error.js';

const WAY_OUT =
  'nothing was changed; keep a copy of the directory, then restore it from a backup, or see what seglog repair can do';

/** Metadata that was acknowledged as durable cannot be read. */
export function corruptJournal(
  finding: string,
  facts: ErrorFacts & { readonly file: string },
  cause?: unknown,
): SeglogError {
  return new SeglogError('CORRUPT_METADATA', `${finding}; ${WAY_OUT}`, facts, { cause });
}
