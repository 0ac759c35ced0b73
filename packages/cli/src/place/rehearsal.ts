import {
  checkCatalog,
  crc32c,
  type KnownFormats,
  Log,
  type LogSettings,
  pathsToRemove,
  type RecoveryReport,
  readSession,
  readStoredCatalog,
  SeglogError,
  type StorageDirectory,
  SystemRandom,
} from '@seglog/core';
import { requireWal } from '@seglog/wal';
import { catalogFormats, logComponents } from './log-components.js';
import type { Place } from './open-place.js';
import { OverlayDirectory } from './overlay-directory.js';
import { childOf, type StoreLog } from './store-logs.js';

export type Refusal = { readonly code: string; readonly message: string };

/** What opening a log for writing does, found out by doing it on a copy in memory. */
export type Rehearsal =
  | { readonly opens: true; readonly report: RecoveryReport }
  | {
      readonly opens: false;
      readonly refusal: Refusal;
      /** What the settings that go on in spite of damage would make of it. */
      readonly readonly: RecoveryReport | Refusal;
      readonly salvage: RecoveryReport | Refusal;
    };

/** Opens a log on top of its directory, as the engine would after a crash of the writer. Changes nothing. */
export async function rehearse(directory: StorageDirectory, formats: KnownFormats): Promise<Rehearsal> {
  const first = await opened(directory, formats, 'fail');
  if (!('code' in first)) return { opens: true, report: first };
  const readonly = await opened(directory, formats, 'readonly');
  const salvage = await opened(directory, formats, 'salvage');
  return { opens: false, refusal: first, readonly, salvage };
}

async function opened(
  directory: StorageDirectory,
  formats: KnownFormats,
  onCorruption: LogSettings['onCorruption'],
): Promise<RecoveryReport | Refusal> {
  const overlay = new OverlayDirectory(directory);
  const log = new Log(logComponents(overlay, formats), { onCorruption, preallocateBytes: 0 });
  try {
    return await log.open();
  } catch (error) {
    return refusalOf(error);
  } finally {
    await log.close().catch(() => undefined);
  }
}

/** What opening a data root does before any log is opened. */
export interface RootRehearsal {
  /** Why the data root would not open. */
  readonly refusals: readonly Refusal[];
  /** Paths below `topics/` that would be removed: topics that were deleted, or not made to the end. */
  readonly removes: readonly string[];
}

export async function rehearseRoot({ kind, directory }: Place, known: KnownFormats): Promise<RootRehearsal> {
  if (kind !== 'root') return { refusals: [], removes: [] };
  const refusals: Refusal[] = [];
  await noting(refusals, () => readSession(directory, crc32c()));
  await noting(refusals, () => requireWal(directory, { checksum: crc32c() }));
  const formats = catalogFormats(known);
  await noting(refusals, () =>
    checkCatalog(directory, { checksum: crc32c(), random: new SystemRandom(), formats }),
  );
  const catalog = await childOf(directory, 'catalog');
  const topics = await childOf(directory, 'topics');
  if (catalog === undefined || topics === undefined) return { refusals, removes: [] };
  const { value } = await readStoredCatalog(catalog, crc32c());
  const removes = value === undefined ? [] : await pathsToRemove(topics, value.doomed, value);
  return { refusals, removes };
}

async function noting(refusals: Refusal[], step: () => Promise<unknown>): Promise<void> {
  try {
    await step();
  } catch (error) {
    refusals.push(refusalOf(error));
  }
}

/** What an error of the engine says; any other error is a bug, and thrown again. */
export function refusalOf(error: unknown): Refusal {
  if (!SeglogError.is(error)) throw error;
  return { code: error.code, message: error.message };
}

/** Bytes of a log that no opening would keep where they are, and that are no zeros written ahead. */
export function bytesAtRisk(rehearsal: Rehearsal): number {
  if (!rehearsal.opens) return 0;
  const { truncated } = rehearsal.report;
  return truncated === undefined || truncated.verdict === 'preallocated' ? 0 : truncated.bytes;
}

/** A log of a place, with what opening it does. */
export type LogPlan = { readonly log: StoreLog; readonly rehearsal: Rehearsal | undefined };
