import type { Append, AppendIntent } from './ledger.js';
import { type ProducerMemory, ProducerModel } from './producer-model.js';

/** Records of one append that lie together: `count` of its `total`, from number `first` on. */
export interface Run extends Append {
  readonly baseOffset: number;
  readonly first: number;
  readonly count: number;
  readonly total: number;
}

interface Pending extends Append {
  readonly total: number;
  /** It carries the stamp of an idempotent producer, and may have been sent before. */
  readonly stamped: boolean;
}

/** What one partition must hold, and what it may hold, by what the child wrote down. */
export class PartitionModel {
  /** Acknowledged, or seen after an earlier crash: these must be there. */
  public runs: Run[] = [];
  public logStart = 0;
  /** Appends without an answer: each may be there, whole, or not. */
  public readonly pending: Map<number, Pending> = new Map();
  /** Unanswered rises of the log start, and the unanswered truncation: there is at most one. */
  public readonly starts: Map<number, number> = new Map();
  public readonly cuts: Map<number, number> = new Map();
  public readonly producer: ProducerModel = new ProducerModel();

  public append(operation: number, cycle: number, intent: AppendIntent): void {
    const { cycle: from, operation: number } = intent.again ?? { cycle, operation };
    const stamped = intent.stamp !== undefined;
    this.pending.set(operation, { cycle: from, operation: number, total: intent.count, stamped });
    if (intent.stamp !== undefined) {
      this.producer.sent(intent.stamp, { cycle: from, operation: number, count: intent.count });
    }
  }

  /** Returns what is wrong with the answer, if anything. */
  public acknowledged(operation: number, baseOffset: number, duplicate: boolean): string | undefined {
    const sent = this.pending.get(operation);
    if (sent === undefined) return `operation ${operation} was acknowledged twice`;
    this.pending.delete(operation);
    const known = sent.stamped ? this.runs.find((run) => sameAppend(run, sent)) : undefined;
    const what = `append ${sent.cycle}/${sent.operation}`;
    if (duplicate) {
      if (known?.baseOffset === baseOffset || baseOffset < this.logStart) return undefined;
      return `${what} was called a duplicate at ${baseOffset}, and is ${known?.baseOffset ?? 'nowhere'}`;
    }
    if (known !== undefined) return `${what} was stored a second time at ${baseOffset}`;
    const { cycle, operation: number, total } = sent;
    this.runs.push({ cycle, operation: number, baseOffset, first: 0, count: total, total });
    return undefined;
  }

  /** It leaves no trace. */
  public refused(operation: number): void {
    if (this.pending.get(operation)?.stamped === true) this.producer.startAnew();
    this.pending.delete(operation);
    this.starts.delete(operation);
    this.cuts.delete(operation);
  }

  public raiseStart(operation: number): void {
    this.logStart = Math.max(this.logStart, this.starts.get(operation) ?? 0);
    this.starts.delete(operation);
    this.runs = this.runs.filter(({ baseOffset, count }) => baseOffset + count > this.logStart);
  }

  public cut(operation: number, lastKept: number): void {
    this.cuts.set(operation, lastKept);
    this.producer.startAnew();
  }

  public cutDone(operation: number): void {
    const lastKept = this.cuts.get(operation) ?? Number.POSITIVE_INFINITY;
    this.cuts.delete(operation);
    this.runs = cutRuns(this.runs, lastKept + 1);
  }

  /** Changes without an answer have happened or have not: the marks tell. */
  public observed({ logStart, logEnd }: { readonly logStart: number; readonly logEnd: number }): void {
    for (const [operation, firstKept] of this.starts) if (firstKept === logStart) this.raiseStart(operation);
    for (const [operation, lastKept] of this.cuts) if (lastKept + 1 === logEnd) this.cutDone(operation);
    this.starts.clear();
    this.cuts.clear();
  }

  /** What was seen after a crash is what must be there from now on. */
  public adopt(logStart: number, runs: readonly Run[]): void {
    this.logStart = logStart;
    this.runs = [...runs];
    for (const open of [this.pending, this.starts, this.cuts]) open.clear();
  }

  public get memory(): ProducerMemory {
    return this.producer.memory;
  }
}

export function sameAppend(one: Append, other: Append): boolean {
  return one.cycle === other.cycle && one.operation === other.operation;
}

/** What is left of runs below `end`. */
export function cutRuns(runs: readonly Run[], end: number): Run[] {
  return runs
    .filter(({ baseOffset }) => baseOffset < end)
    .map((run) => ({ ...run, count: Math.min(run.count, end - run.baseOffset) }));
}
