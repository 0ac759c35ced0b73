/** The invariants of docs/durability.md that can be seen in files at rest. */
export type InvariantId = 'I1' | 'I2' | 'I3' | 'I5' | 'I6' | 'I9' | 'I10' | 'I11' | 'I12' | 'I18' | 'I19';

/**
 * - `damage`: something that must never be there, whatever crashed before. Records may be lost.
 * - `derived`: a file that is made anew from others is damaged. No record is lost, and nothing needs to be done.
 * - `unknown`: a segment that could not be looked into, because its codec or checksum is not known: whole or not, nobody can say.
 * - `leftover`: what a crash may leave, and the next opening tidies.
 * - `note`: worth knowing, and nothing wrong.
 */
export type Severity = 'damage' | 'derived' | 'unknown' | 'leftover' | 'note';

/** One thing that a check has to say. */
export interface StoreFinding {
  readonly severity: Severity;
  /** The invariant that damage breaks. */
  readonly invariant: InvariantId | undefined;
  /** Path from the directory that was checked. */
  readonly file: string;
  /** Byte in the file, where the finding has one. */
  readonly position: number | undefined;
  readonly message: string;
}

export interface StoreCounts {
  readonly logs: number;
  readonly segments: number;
  /** Frames and records that were read. */
  readonly frames: number;
  readonly records: number;
  /** Bytes of the segments that were read. */
  readonly bytes: number;
}

/** What a check of a store found. */
export interface StoreReport extends StoreCounts {
  /** In the order in which the store was read. */
  readonly findings: readonly StoreFinding[];
}

/** Gathers what a check finds, for a whole store: handed down with the path of each directory. */
export class Findings {
  public readonly counts: { logs: number; segments: number; frames: number; records: number; bytes: number };
  readonly #path: string;
  readonly #all: StoreFinding[];

  public constructor(path = '', shared?: Findings) {
    this.#path = path;
    this.#all = shared === undefined ? [] : shared.#all;
    this.counts = shared?.counts ?? { logs: 0, segments: 0, frames: 0, records: 0, bytes: 0 };
  }

  /** The same findings, seen from a child directory. */
  public in(name: string): Findings {
    return new Findings(`${this.#path}${name}/`, this);
  }

  /** Findings of their own at the same place, which `take` takes in or nobody does. */
  public apart(): Findings {
    return new Findings(this.#path);
  }

  public take(other: Findings): void {
    this.#all.push(...other.#all);
    this.counts.logs += other.counts.logs;
    this.counts.segments += other.counts.segments;
    this.counts.frames += other.counts.frames;
    this.counts.records += other.counts.records;
    this.counts.bytes += other.counts.bytes;
  }

  public get all(): readonly StoreFinding[] {
    return this.#all;
  }

  public damage(invariant: InvariantId, file: string, message: string, position?: number): void {
    this.#add({ severity: 'damage', invariant, file, position, message });
  }

  public derived(file: string, message: string, position?: number): void {
    this.#add({ severity: 'derived', invariant: undefined, file, position, message });
  }

  public unknown(file: string, message: string, position: number): void {
    this.#add({ severity: 'unknown', invariant: undefined, file, position, message });
  }

  public leftover(file: string, message: string, position?: number): void {
    this.#add({ severity: 'leftover', invariant: undefined, file, position, message });
  }

  public note(file: string, message: string): void {
    this.#add({ severity: 'note', invariant: undefined, file, position: undefined, message });
  }

  public report(): StoreReport {
    return { findings: this.#all.slice(), ...this.counts };
  }

  #add(finding: StoreFinding): void {
    this.#all.push({ ...finding, file: `${this.#path}${finding.file}` });
  }
}
