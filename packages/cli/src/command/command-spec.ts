import type { ExitCode } from '../place/exit-code.js';
import type { Terminal } from '../terminal/terminal.js';

/** A word that a command takes. */
export interface ArgumentSpec {
  /** As it is shown: `<dir>` must be given, `[dir]` may be. */
  readonly name: string;
  readonly description: string;
}

/** An option that a command takes; every option has a long name. */
export interface OptionSpec {
  /** As commander reads them: `-f, --follow`, `--limit <n>`. */
  readonly flags: string;
  readonly description: string;
}

/** What the user gave, by the names of the options in camel case. */
export type GivenOptions = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;

export interface CommandCall {
  readonly terminal: Terminal;
  readonly words: readonly string[];
  readonly options: GivenOptions;
}

/** One command: what is said of it, and what it does. Its manual page is made from this. */
export interface CommandSpec {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  readonly description: string;
  readonly words: readonly ArgumentSpec[];
  readonly options: readonly OptionSpec[];
  /** A call that works, with `./data` for a store; and what it shows. */
  readonly example: string;
  /** Exit codes beside those that every command has, in words. */
  readonly exits: readonly string[];
  run(call: CommandCall): Promise<ExitCode>;
}

export const JSON_OPTION: OptionSpec = { flags: '--json', description: 'one JSON document, for programs' };
export const LINES_OPTION: OptionSpec = {
  flags: '--json',
  description: 'one JSON document a line (NDJSON), for programs',
};
