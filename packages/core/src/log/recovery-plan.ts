import type { SegmentFacts } from '../contract/segment-facts.js';
import type { StorageEntry } from '../contract/storage-directory.js';
import { parseSegmentFileName, segmentFileName } from '../segment/segment-name.js';
import type { Manifest } from './manifest.js';

/**
 * What opening a log will do about the files it finds, before anything is done: pure, so that it can be printed, and
 * tested without a disk.
 */
export interface RecoveryPlan {
  /** Temporaries, and files of segments that the manifest retired: removed. */
  readonly remove: readonly string[];
  /** Files named like segments of ours that the manifest does not name: looked into, then quarantined or left alone. */
  readonly unnamed: readonly string[];
  /** Files of segments that the manifest names and that are not there. */
  readonly missing: readonly string[];
  /** The active segment is scanned from here, unless the log was closed cleanly and the file ends there. */
  readonly scanFrom: SegmentFacts;
}

const TEMPORARY = /\.tmp$/;

export function planRecovery(entries: readonly StorageEntry[], manifest: Manifest): RecoveryPlan {
  const files = new Set(entries.filter(({ kind }) => kind === 'file').map(({ name }) => name));
  const named = new Set(manifest.segments.map(({ facts }) => segmentFileName(facts)));
  const retired = new Set(manifest.retired.map((name) => segmentFileName(name)));
  const segmentFiles = [...files].filter((name) => parseSegmentFileName(name) !== undefined).toSorted();
  return {
    remove: [...files]
      .filter((name) => TEMPORARY.test(name) || (retired.has(name) && !named.has(name)))
      .toSorted(),
    unnamed: segmentFiles.filter((name) => !named.has(name) && !retired.has(name)),
    missing: [...named].filter((name) => !files.has(name)).toSorted(),
    scanFrom: manifest.recoveryPoint,
  };
}
