import type { Readable, Writable } from 'node:stream';

/** Where a command reads from and writes to. */
export interface Terminal {
  readonly input: Readable;
  readonly output: Writable;
  readonly errors: Writable;
  /** A person looks at the output: tables may be coloured. */
  readonly colors: boolean;
  /** A person looks at the errors: progress may be drawn. */
  readonly interactive: boolean;
  /** Columns of the output; 100 where nobody knows. */
  readonly columns: number;
  /** Aborted when the user wants the command to end. */
  readonly signal: AbortSignal;
}

const DEFAULT_COLUMNS = 100;

/** The terminal of this process. `NO_COLOR` and a pipe turn colours off. */
export function processTerminal(signal: AbortSignal): Terminal {
  const { stdin, stdout, stderr, env } = process;
  const wanted = (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';
  return {
    input: stdin,
    output: stdout,
    errors: stderr,
    colors: wanted && stdout.isTTY,
    interactive: stderr.isTTY && env['TERM'] !== 'dumb',
    columns: stdout.columns ?? DEFAULT_COLUMNS,
    signal,
  };
}
