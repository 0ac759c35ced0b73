import type { KnownFormats, Log, RecordInput, StorageDirectory, StoredRecord } from '@seglog/core';
import { type FoundPart, UNAPPLIED_DIRECTORY, UnappliedRecords } from '@seglog/wal';
import { logComponents } from '../place/log-components.js';
import { type OpenWriter, openWriter } from '../place/open-writer.js';
import { childOf } from '../place/store-logs.js';

/** Why records that no partition could take stay where they are. */
export type WhyKept =
  | 'no such partition'
  | 'records before them are missing'
  | 'other records are in their place';

export interface KeptRecords {
  readonly topicId: string;
  readonly partition: number;
  readonly from: number;
  readonly to: number;
  readonly why: WhyKept;
}

export interface UnappliedReport {
  /** Records that were brought to their partitions, at the offsets that their writers were told. */
  readonly applied: number;
  /** Records that their partitions have. */
  readonly there: number;
  readonly kept: readonly KeptRecords[];
}

type Fate = { readonly applied: number; readonly there: number } | WhyKept;

/**
 * Brings what is in `wal-unapplied/` to the partitions that it belongs to, where it goes on at the end of what they hold. What
 * all partitions have is let go of, from the oldest on; undefined where nothing was kept aside. Cut short, it can be done again.
 */
export async function applyUnapplied(
  root: StorageDirectory,
  formats: KnownFormats,
): Promise<UnappliedReport | undefined> {
  if ((await childOf(root, UNAPPLIED_DIRECTORY)) === undefined) return undefined;
  const writer = await openWriter(root, { settings: { preallocateBytes: 0 }, formats });
  const components = { ...logComponents(root, formats), epochs: writer.session };
  const records = new UnappliedRecords({ root, components }, { preallocateBytes: 0 });
  let [applied, there] = [0, 0];
  const kept: KeptRecords[] = [];
  // What follows records that stay is not what their partition goes on with, even where it fits.
  const stopped = new Set<string>();
  try {
    await records.takeOut(async (part) => {
      const { topicId, partition, baseOffset: from, lastOffset } = part;
      const key = `${topicId}/${partition}`;
      const fate = await broughtBack(writer, part, stopped.has(key));
      if (typeof fate === 'string') {
        stopped.add(key);
        kept.push({ topicId, partition, from, to: lastOffset + 1, why: fate });
        return false;
      }
      applied += fate.applied;
      there += fate.there;
      return true;
    });
    return { applied, there, kept };
  } finally {
    await records.close();
    await writer.close();
  }
}

async function broughtBack({ topics }: OpenWriter, part: FoundPart, isStopped: boolean): Promise<Fate> {
  const topic = topics.topics().find(({ id }) => id === part.topicId);
  if (topic === undefined || part.partition >= topic.partitions) return 'no such partition';
  const log = await topics.log(topic.name, part.partition);
  const { logEnd } = log.offsets();
  if (part.baseOffset > logEnd) return 'records before them are missing';
  const there = Math.min(part.count, logEnd - part.baseOffset);
  if (!(await holds(log, part.baseOffset, part.records.slice(0, there)))) {
    return 'other records are in their place';
  }
  const missing = part.records.slice(there);
  if (missing.length > 0 && isStopped) return 'records before them are missing';
  if (missing.length > 0) await log.append(missing, { expectedOffset: logEnd, acknowledge: 'synced' });
  return { applied: missing.length, there };
}

async function holds(log: Log, from: number, records: readonly RecordInput[]): Promise<boolean> {
  if (records.length > 0 && from < log.offsets().logStart) return false;
  for (let done = 0; done < records.length; ) {
    const read = await log.read(from + done, { maxRecords: records.length - done });
    for (const record of read.records) {
      const expected = records[done];
      if (expected === undefined || record.offset !== from + done || !isSame(record, expected)) return false;
      done += 1;
    }
    if (read.records.length === 0) return false;
  }
  return true;
}

function isSame(found: StoredRecord, { key, value, headers = [], timestampMs }: RecordInput): boolean {
  return (
    found.timestampMs === timestampMs &&
    areSame(found.key, key ?? null) &&
    areSame(found.value, value ?? null) &&
    found.headers.length === headers.length &&
    found.headers.every(
      (header, i) => header.name === headers[i]?.name && areSame(header.value, headers[i]?.value ?? null),
    )
  );
}

function areSame(one: Uint8Array | null, other: Uint8Array | null): boolean {
  return one === null || other === null ? one === other : Buffer.compare(one, other) === 0;
}
