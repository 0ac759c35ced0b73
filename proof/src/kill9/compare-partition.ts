import type { Append } from './ledger.js';
import { cutRuns, type PartitionModel, type Run, sameAppend } from './partition-model.js';
import type { PartitionReading } from './read-partition.js';

export interface Comparison {
  /** Acknowledged records that are not there, or not where they were. */
  readonly lost: number;
  /** Records that nobody sent, or that were refused, or that are there twice. */
  readonly phantoms: number;
  /** Everything that is wrong, as sentences. */
  readonly faults: readonly string[];
}

/** Holds what is there against what must and may be there. `wholeBatches`: the codec keeps batches whole. */
export function comparePartition(
  model: PartitionModel,
  reading: PartitionReading,
  wholeBatches: boolean,
): Comparison {
  const faults = [...reading.holes.map((hole) => `no record at ${hole}`), ...reading.foreign];
  const { logStart, logEnd } = reading;
  const starts = [model.logStart, ...model.starts.values()];
  if (!starts.includes(logStart)) faults.push(`the log starts at ${logStart}, not at ${starts.join(' or ')}`);
  const lost = missing(expectedRuns(model, reading), reading);
  if (lost.length > 0)
    faults.push(`acknowledged and lost: ${lost.map(show).join(', ')}; the log ends at ${logEnd}`);
  const known = knownRuns(model);
  const phantoms = strangers(model, known, reading.runs);
  if (phantoms.length > 0)
    faults.push(`never sent, refused, or stored twice: ${phantoms.map(show).join(', ')}`);
  if (wholeBatches) {
    const torn = reading.runs.filter((run) => isTorn(known, run, logStart));
    if (torn.length > 0) faults.push(`parts of batches: ${torn.map(show).join(', ')}`);
  }
  return {
    lost: lost.reduce((sum, { count }) => sum + count, 0),
    phantoms: reading.foreign.length + phantoms.reduce((sum, { count }) => sum + count, 0),
    faults,
  };
}

/** An unanswered truncation was carried out exactly if the log ends where it would. */
function expectedRuns(model: PartitionModel, { logStart, logEnd }: PartitionReading): readonly Run[] {
  const cut = [...model.cuts.values()].find((lastKept) => lastKept + 1 === logEnd);
  const runs = cut === undefined ? model.runs : cutRuns(model.runs, cut + 1);
  return runs.flatMap((run) => withoutFirst(run, logStart - run.baseOffset));
}

function withoutFirst(run: Run, records: number): readonly Run[] {
  if (records <= 0) return [run];
  if (records >= run.count) return [];
  const { baseOffset, first, count } = run;
  return [{ ...run, baseOffset: baseOffset + records, first: first + records, count: count - records }];
}

/** The expected runs that are not there in full. */
function missing(expected: readonly Run[], { runs }: PartitionReading): readonly Run[] {
  const at = new Map(runs.map((run) => [run.baseOffset, run]));
  return expected.filter((run) => {
    const found = at.get(run.baseOffset);
    const same = found !== undefined && sameAppend(found, run) && found.first === run.first;
    return !same || found.count < run.count;
  });
}

/** Runs that were neither there before, at this place, nor sent once and not yet answered. */
function strangers(
  model: PartitionModel,
  known: ReadonlyMap<string, Run>,
  runs: readonly Run[],
): readonly Run[] {
  const possible = new Map([...model.pending.values()].map((sent) => [keyOf(sent), sent]));
  return runs.filter((run) => {
    const before = known.get(keyOf(run));
    if (before !== undefined) return !samePlace(before, run);
    const sent = possible.get(keyOf(run));
    possible.delete(keyOf(run));
    return sent?.total !== run.total;
  });
}

function knownRuns(model: PartitionModel): ReadonlyMap<string, Run> {
  return new Map(model.runs.map((run) => [keyOf(run), run]));
}

function samePlace(one: Run, other: Run): boolean {
  return one.baseOffset - one.first === other.baseOffset - other.first;
}

/** A batch that is not whole although nothing cut it: neither the log start, nor a truncation, nor an earlier crash. */
function isTorn(known: ReadonlyMap<string, Run>, run: Run, logStart: number): boolean {
  return run.count < run.total && run.baseOffset !== logStart && !known.has(keyOf(run));
}

function keyOf({ cycle, operation }: Append): string {
  return `${cycle}/${operation}`;
}

function show({ cycle, operation, baseOffset, first, count, total }: Run): string {
  return `append ${cycle}/${operation} records ${first}+${count} of ${total} at ${baseOffset}`;
}
