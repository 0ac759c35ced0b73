import { SeglogError } from '@seglog/core';
import { CommandFailure, EXIT, type ExitCode } from './place/exit-code.js';
import { isParserError, makeProgram } from './program.js';
import { PipeClosed } from './terminal/line-writer.js';
import type { Terminal } from './terminal/terminal.js';
import { escapedText } from './text/escape.js';

/**
 * Carries out one command line (`['stat', './data']`) and resolves with its exit code. Never rejects: whatever goes wrong is
 * told on the terminal.
 */
export async function runCommand(words: readonly string[], terminal: Terminal): Promise<ExitCode> {
  let code: ExitCode = EXIT.ok;
  try {
    const program = makeProgram(terminal, (given) => {
      code = given;
    });
    await program.parseAsync(words, { from: 'user' });
    return code;
  } catch (error) {
    return tell(error, { terminal, json: words.includes('--json') });
  }
}

interface Told {
  readonly code: string;
  readonly message: string;
  readonly wayOut: string;
  readonly exitCode: ExitCode;
}

/** Whoever reads the exit code must not take half of the work for all of it. */
const INTERRUPTED: Told = {
  code: 'INTERRUPTED',
  message: 'interrupted before the end',
  wayOut: 'run the command again',
  exitCode: EXIT.failed,
};

function tell(
  error: unknown,
  { terminal, json }: { readonly terminal: Terminal; readonly json: boolean },
): ExitCode {
  if (isParserError(error)) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (error instanceof PipeClosed) return EXIT.ok;
  const { code, message, wayOut, exitCode } = terminal.signal.aborted ? INTERRUPTED : asTold(error);
  const text = json
    ? JSON.stringify({ error: { code, message, wayOut } })
    : `seglog: ${escapedText(message)}\n  next: ${wayOut}`;
  terminal.errors.write(`${text}\n`);
  return exitCode;
}

function asTold(error: unknown): Told {
  if (error instanceof CommandFailure) return error;
  if (SeglogError.is(error)) {
    const { code, message } = error;
    return { code, message, wayOut: WAYS_OUT[code] ?? 'see docs/durability.md', exitCode: EXIT.failed };
  }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { code: 'BUG', message, wayOut: 'this should not happen: please report it', exitCode: EXIT.failed };
}

const WAYS_OUT: Readonly<Partial<Record<SeglogError['code'], string>>> = {
  LOG_LOCKED: 'stop the process that writes to the store, or use a command that only looks',
  UNSUPPORTED_FORMAT: 'use the version of seglog that wrote it; nothing was changed',
  CORRUPT_METADATA:
    'seglog verify names the damage; seglog repair --catalog rebuilds a lost catalog, --session a lost session',
  CORRUPT_SEGMENT:
    'seglog verify --deep names the damage, seglog plan shows the ways to go on; seglog export --salvage brings out all that is whole',
  MISSING_SEGMENT: 'restore the file from a backup, or go on without it: seglog plan shows the ways',
  COMPOSITION:
    'the store was written with parts that this command does not have: --codec names the module of a codec or checksum',
  STORAGE: 'the operating system refused: look at permissions, space and the health of the medium',
  TOPIC_EXISTS: 'import into another directory: what is in a topic is never mixed with something else',
  WAL_GAP: 'seglog plan shows what is at risk; seglog repair --salvage goes on, and keeps what has no place',
  STORAGE_FULL: 'make room on the medium and try again',
  TOPIC_NOT_FOUND: 'seglog stat lists the topics',
  PARTITION_NOT_FOUND: 'seglog stat lists the partitions',
  OFFSET_OUT_OF_RANGE: 'seglog stat shows where each partition starts and ends',
};
