import { manual } from '../manual.js';
import { EXIT } from '../place/exit-code.js';
import type { CommandSpec } from './command-spec.js';
import { printLines } from './output.js';

/** Needs to know all commands, itself included. */
export function manualCommand(list: () => readonly CommandSpec[]): CommandSpec {
  return {
    name: 'manual',
    summary: 'all of this, as one page of Markdown',
    description: 'Prints the manual: every command with its options and an example.',
    words: [],
    options: [],
    example: 'seglog manual',
    exits: [],
    async run({ terminal }) {
      await printLines(terminal, [manual(list()).trimEnd()]);
      return EXIT.ok;
    },
  };
}
