import type { PartitionLog, RecordCursor } from '@seglog/core';
import { makeRecord, originOf, sameRecord } from './content.js';
import type { Run } from './partition-model.js';

/** What a partition holds, record by record, put together again to appends. */
export interface PartitionReading {
  readonly logStart: number;
  readonly logEnd: number;
  readonly runs: readonly Run[];
  readonly records: number;
  /** Records that nobody made, or whose bytes are not those that were made. */
  readonly foreign: readonly string[];
  /** Offsets that are not there between the first and the last. */
  readonly holes: readonly string[];
}

/** Reads everything from the log start on, and holds each record against the bytes that its origin gives. */
export async function readPartition(log: PartitionLog, seed: number): Promise<PartitionReading> {
  const { logStart, logEnd } = log.offsets();
  const runs: Run[] = [];
  const foreign: string[] = [];
  const holes: string[] = [];
  let next = logStart;
  let records = 0;
  await log.scan(
    logStart,
    (cursor) => {
      const { offset } = cursor;
      if (offset !== next) holes.push(`[${next}, ${offset})`);
      next = offset + 1;
      records += 1;
      const origin = originOf(cursor);
      if (origin === undefined || !sameRecord(stored(cursor), makeRecord(seed, origin))) {
        foreign.push(`offset ${offset}: ${origin === undefined ? 'no record of ours' : 'wrong bytes'}`);
        return;
      }
      const last = runs.at(-1);
      const follows =
        last !== undefined &&
        last.cycle === origin.cycle &&
        last.operation === origin.operation &&
        last.first + last.count === origin.index &&
        last.baseOffset + last.count === offset;
      if (follows) runs[runs.length - 1] = { ...last, count: last.count + 1 };
      else runs.push(startOf(origin, offset));
    },
    { isolation: 'uncommitted' },
  );
  if (next !== logEnd) holes.push(`[${next}, ${logEnd})`);
  return { logStart, logEnd, runs, records, foreign, holes };
}

function startOf(
  origin: {
    readonly cycle: number;
    readonly operation: number;
    readonly index: number;
    readonly count: number;
  },
  baseOffset: number,
): Run {
  const { cycle, operation, index, count } = origin;
  return { cycle, operation, baseOffset, first: index, count: 1, total: count };
}

/** The cursor answers anew at each access. */
function stored({ timestampMs, key, value, headers }: RecordCursor): Parameters<typeof sameRecord>[0] {
  return { timestampMs, key, value, headers };
}
