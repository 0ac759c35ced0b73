import { type Log, type MemoryDirectory, type ReadGap, SeglogError, type StoredRecord } from '@seglog/core';
import { VirtualClock } from '../../src/index.js';
import { awake, openStore, type StoreSetup } from './store-run.js';

/** What a store held before it was damaged. */
export interface KnownStore {
  readonly records: readonly StoredRecord[];
  readonly logStart: number;
  readonly logEnd: number;
  /** Every record below was proven synced by something on the disk. */
  readonly proven: number;
  /** As `proven`, when the frames of the growing segment cannot be read at all. */
  readonly provenElsewhere: number;
  /** Every record that ever stood in the store, those included that were deleted or truncated. */
  readonly history: readonly StoredRecord[];
}

/**
 * The store may be as it was at an earlier time: what was damaged is the end of the manifest, together with all that proves
 * it. Then whatever is shown must have stood there once.
 */
export function asItEverWas(known: KnownStore): KnownStore {
  return { ...known, logStart: 0, logEnd: Number.POSITIVE_INFINITY, proven: 0, records: [] };
}

export type JudgeMode = 'default' | 'readonly' | 'salvage' | 'reader';

/** How a damaged store was met: an error of the family, or content that was held against what was known. */
export type Verdict = { readonly met: string; readonly wrong: string | undefined };

const HONEST_CODES: ReadonlySet<string> = new Set([
  'CORRUPT_SEGMENT',
  'CORRUPT_METADATA',
  'MISSING_SEGMENT',
  'UNSUPPORTED_FORMAT',
  'COMPOSITION',
]);

/**
 * Opens a damaged store in one way and holds what it shows against what it held: no wrong byte, nothing that was never
 * there, and nothing missing that is not said to be lost, but for an unproven end that the report says was cut.
 */
export async function judgeStore(
  root: MemoryDirectory,
  known: KnownStore,
  mode: JudgeMode,
  setup: StoreSetup = {},
): Promise<Verdict> {
  const onCorruption = mode === 'readonly' || mode === 'salvage' ? mode : 'fail';
  const clock = new VirtualClock(1e9);
  const settings = { ...setup.settings, onCorruption } as const;
  try {
    return await awake(async () => {
      const opened = await openStore(root, clock, { ...setup, settings, readOnly: mode === 'reader' });
      try {
        const verdict = await judgeLog(opened.log, known);
        if (verdict.wrong !== undefined || mode !== 'salvage' || setup.codec === 'plain') return verdict;
        return await judgeLife(opened.log, verdict);
      } finally {
        await opened.close().catch(() => undefined);
      }
    });
  } catch (error) {
    if (SeglogError.is(error) && HONEST_CODES.has(error.code)) return { met: error.code, wrong: undefined };
    return { met: 'error', wrong: `an error of another kind: ${String(error)}` };
  } finally {
    clock.stop();
  }
}

/**
 * What was left of a damaged log goes on. Not so with plain frames: what follows damage in one segment is not found, be it
 * older or newer.
 */
async function judgeLife(log: Log, verdict: Verdict): Promise<Verdict> {
  const { logEnd } = log.offsets();
  const value = Buffer.from('after');
  const { baseOffset } = await log.append([{ value }], { acknowledge: 'synced' });
  const { records } = await log.read(baseOffset);
  const there = baseOffset === logEnd && Buffer.compare(records[0]?.value ?? value.subarray(1), value) === 0;
  return there ? verdict : { ...verdict, wrong: 'the log does not go on where it ended' };
}

const say = (wrong: string): Verdict => ({ met: 'opened', wrong });

async function judgeLog(log: Log, known: KnownStore): Promise<Verdict> {
  const { logStart, logEnd } = log.offsets();
  if (logStart < known.logStart) return say(`the log starts at ${logStart}, not at ${known.logStart}`);
  if (logStart > Math.max(known.logStart, logEnd) && known.records.length > 0)
    return say(`the log starts at ${logStart}`);
  if (logEnd > known.logEnd) return say(`the log ends at ${logEnd}, not at ${known.logEnd}`);
  if (logEnd < known.proven) return say(`the log ends at ${logEnd}, and ${known.proven} was proven`);
  const shown = await readAll(log);
  if ('code' in shown) return { met: `read ${shown.code}`, wrong: undefined };
  return { met: shown.gaps.length > 0 ? 'gaps' : 'whole', wrong: complaint(shown, known, logEnd) };
}

interface Shown {
  readonly records: readonly StoredRecord[];
  readonly gaps: readonly ReadGap[];
}

async function readAll(log: Log): Promise<Shown | { readonly code: string }> {
  const { logStart, logEnd } = log.offsets();
  const records: StoredRecord[] = [];
  const gaps: ReadGap[] = [];
  try {
    for (let from = logStart; from < logEnd; ) {
      const part = await log.read(from, { maxRecords: 50, isolation: 'uncommitted' });
      records.push(...part.records);
      gaps.push(...part.gaps);
      if (part.nextOffset <= from) break;
      from = part.nextOffset;
    }
    return { records, gaps };
  } catch (error) {
    if (SeglogError.is(error) && HONEST_CODES.has(error.code)) return { code: error.code };
    throw error;
  }
}

function complaint({ records, gaps }: Shown, known: KnownStore, logEnd: number): string | undefined {
  const expected = new Map(known.records.map((record) => [record.offset, record]));
  for (const record of records) {
    const { offset } = record;
    const right = expected.get(offset);
    if (known.logEnd !== Number.POSITIVE_INFINITY) {
      if (right === undefined) return `offset ${offset} was never there`;
      if (!sameRecord(record, right)) return `offset ${offset} has other bytes`;
    } else if (!known.history.some((one) => one.offset === offset && sameRecord(one, record))) {
      return `offset ${offset} never had these bytes`;
    }
    expected.delete(offset);
  }
  for (const offset of expected.keys()) {
    if (offset >= logEnd) continue;
    const gap = gaps.find(({ from, to }) => from <= offset && offset < to);
    if (gap?.reason !== 'lost') return `offset ${offset} is missing, reason ${gap?.reason ?? 'none'}`;
  }
  return undefined;
}

function sameRecord(one: StoredRecord, other: StoredRecord): boolean {
  return (
    one.timestampMs === other.timestampMs &&
    sameBytes(one.key, other.key) &&
    sameBytes(one.value, other.value) &&
    one.headers.length === other.headers.length &&
    one.headers.every(
      ({ name, value }, i) =>
        name === other.headers[i]?.name && sameBytes(value, other.headers[i]?.value ?? null),
    )
  );
}

function sameBytes(one: Uint8Array | null, other: Uint8Array | null): boolean {
  if (one === null || other === null) return one === other;
  return Buffer.compare(one, other) === 0;
}
