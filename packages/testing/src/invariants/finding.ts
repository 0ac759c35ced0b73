/** The invariants of docs/durability.md that can be seen in files at rest. */
export type InvariantId = 'I1' | 'I2' | 'I3' | 'I5' | 'I6' | 'I9' | 'I10' | 'I11' | 'I12' | 'I18' | 'I19';

/** Something that must never be there, whatever crashed before. */
export interface InvariantFinding {
  readonly invariant: InvariantId;
  /** Path from the directory that was checked. */
  readonly file: string;
  /** Byte in the file, where the finding has one. */
  readonly position: number | undefined;
  readonly message: string;
}

/** What a crash may leave and the next opening tidies: a torn tail, a temporary, a file that no manifest names. */
export interface Leftover {
  readonly file: string;
  readonly message: string;
}

export interface InvariantReport {
  /** Empty for a healthy store. */
  readonly findings: readonly InvariantFinding[];
  /** Empty for a store that was closed cleanly. */
  readonly leftovers: readonly Leftover[];
  readonly logs: number;
  readonly segments: number;
  readonly frames: number;
  readonly records: number;
  /** Bytes of the files that were read. */
  readonly bytes: number;
}

/** Gathers what a check finds; one for a whole data root, handed down with the path of each directory. */
export class Findings {
  public readonly counts: { logs: number; segments: number; frames: number; records: number; bytes: number } =
    { logs: 0, segments: 0, frames: 0, records: 0, bytes: 0 };
  readonly #path: string;
  readonly #findings: InvariantFinding[];
  readonly #leftovers: Leftover[];

  public constructor(path = '', shared?: Findings) {
    this.#path = path;
    this.#findings = shared === undefined ? [] : shared.#findings;
    this.#leftovers = shared === undefined ? [] : shared.#leftovers;
    if (shared !== undefined) this.counts = shared.counts;
  }

  /** The same findings, seen from a child directory. */
  public in(name: string): Findings {
    return new Findings(`${this.#path}${name}/`, this);
  }

  public add(invariant: InvariantId, file: string, message: string, position?: number): void {
    this.#findings.push({ invariant, file: `${this.#path}${file}`, position, message });
  }

  public leftover(file: string, message: string): void {
    this.#leftovers.push({ file: `${this.#path}${file}`, message });
  }

  public report(): InvariantReport {
    return { findings: this.#findings.slice(), leftovers: this.#leftovers.slice(), ...this.counts };
  }
}
