/** What a child of the figures of the command does. */
export type CliPlan =
  | { readonly task: 'fill'; readonly directory: string; readonly bytes: number }
  /** Scans the log as an application would, then verifies the store, so many times in turn. */
  | { readonly task: 'rates'; readonly directory: string; readonly rounds: number }
  /** Carries out a command line and throws its output away. */
  | { readonly task: 'command'; readonly words: readonly string[] };

export interface CliRates {
  /** Bytes of frames in the store. */
  readonly bytes: number;
  /** Milliseconds of each scan and of each check behind it. */
  readonly scanMs: readonly number[];
  readonly verifyMs: readonly number[];
  readonly damage: number;
}

export interface CliEnd {
  readonly exitCode: number;
  readonly outputBytes: number;
  readonly peakBytes: number;
}

/** Key of 16 bytes and value of 100, as in the benchmarks. */
export const RECORD_BYTES = 116;
