import type { TailVerdict } from '../contract/recovery-report.js';

/** What a scan of the active segment found at the first byte that is not a frame. */
export interface TailEvidence {
  /** Offset that the frame there would have had. */
  readonly nextOffset: number;
  /** Highest offset that anything on disk proves to have been synced. */
  readonly provenUpTo: number;
  /** Bytes from there to the end of the file. */
  readonly bytes: number;
  readonly allZero: boolean;
  /** The bytes are the start of a frame that goes on beyond the file, or runs into zeros. */
  readonly cutShort: boolean;
  /** A later frame of this segment verifies. */
  readonly lifeBeyond: boolean;
}

/** `clean`: nothing follows the last frame. `damage`: records that were proven synced are not there. */
export type TailFinding = 'clean' | 'damage' | TailVerdict;

/** Decides what the end of a log is. Pure: see docs/durability.md, "Torn tail or damage". */
export function judgeTail(evidence: TailEvidence): TailFinding {
  if (evidence.nextOffset < evidence.provenUpTo) return 'damage';
  if (evidence.bytes === 0) return 'clean';
  if (evidence.allZero) return 'preallocated';
  if (evidence.lifeBeyond) return 'reordered';
  return evidence.cutShort ? 'torn' : 'ambiguous';
}
