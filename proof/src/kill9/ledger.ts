import { existsSync, readFileSync, writeSync } from 'node:fs';

/** Which append the records of a repeated one were made for. */
export interface Append {
  readonly cycle: number;
  readonly operation: number;
}

export interface Stamp {
  readonly id: string;
  readonly epoch: number;
  readonly sequence: number;
}

interface Place {
  readonly topic: string;
  readonly partition: number;
}

/** What the child is about to do. Written before the call. */
export type Intent =
  | { readonly type: 'create'; readonly topic: string; readonly partitions: number }
  | { readonly type: 'grow'; readonly topic: string; readonly partitions: number }
  | { readonly type: 'drop'; readonly topic: string }
  | ({ readonly type: 'delete'; readonly firstKept: number } & Place)
  | ({ readonly type: 'truncate'; readonly lastKept: number } & Place)
  | AppendIntent;

export interface AppendIntent extends Place {
  readonly type: 'append';
  readonly count: number;
  /** An earlier append that is sent once more, under its old stamp. */
  readonly again?: Append | undefined;
  readonly stamp?: Stamp | undefined;
  /** For people who read the ledger. */
  readonly acknowledge?: 'written' | 'synced' | undefined;
}

/** What came of it. Written after the promise settled. */
export type Outcome =
  | { readonly type: 'done'; readonly baseOffset?: number; readonly duplicate?: boolean }
  | { readonly type: 'refused'; readonly code: string };

/** The marks of a partition when it was opened again: they settle changes that had no answer. */
export interface Observation extends Place {
  readonly logStart: number;
  readonly logEnd: number;
}

export type LedgerLine =
  | { readonly operation: number; readonly event: Intent | Outcome }
  | { readonly observed: Observation }
  /** Something that must not happen, seen by the child itself. */
  | { readonly fault: string };

/**
 * Where the child writes down what it does: a regular file, opened to append. It keeps every line that was written before
 * the process died, and makes nobody wait.
 */
export class LedgerWriter {
  readonly #descriptor: number;
  #operation = 0;

  public constructor(descriptor: number) {
    this.#descriptor = descriptor;
  }

  /** Returns the number of the operation. */
  public intend(event: Intent): number {
    this.#operation += 1;
    this.#write({ operation: this.#operation, event });
    return this.#operation;
  }

  /** The number that the next operation will get. */
  public get next(): number {
    return this.#operation + 1;
  }

  public settle(operation: number, event: Outcome): void {
    this.#write({ operation, event });
  }

  public observe(observed: Observation): void {
    this.#write({ observed });
  }

  public fault(fault: string): void {
    this.#write({ fault });
  }

  #write(line: LedgerLine): void {
    writeSync(this.#descriptor, `${JSON.stringify(line)}\n`);
  }
}

/** Every whole line; one that the kill cut short never happened. */
export function readLedger(path: string): readonly LedgerLine[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n');
  lines.pop();
  return lines.map((line): LedgerLine => JSON.parse(line));
}
