import { Command, CommanderError, Option } from 'commander';
import type { CommandSpec, GivenOptions } from './command/command-spec.js';
import { commands } from './command/commands.js';
import type { ExitCode } from './place/exit-code.js';
import { PROGRAM_NOTES, PROGRAM_SUMMARY } from './program-notes.js';
import type { Terminal } from './terminal/terminal.js';
import { VERSION } from './version.js';

/** The command line, ready to parse. `done` is told the exit code. */
export function makeProgram(terminal: Terminal, done: (code: ExitCode) => void): Command {
  const program = new Command('seglog')
    .description(PROGRAM_SUMMARY)
    .version(VERSION, '--version', 'the version of this command')
    .addHelpText('after', `\n${PROGRAM_NOTES.join('\n')}`)
    .exitOverride()
    .showSuggestionAfterError()
    .showHelpAfterError('  next: see the command with --help')
    .configureOutput({
      writeOut: (text) => void terminal.output.write(text),
      writeErr: (text) => void terminal.errors.write(text),
      getOutHelpWidth: () => terminal.columns,
      getErrHelpWidth: () => terminal.columns,
    });
  for (const spec of commands()) addCommand(program, spec, { terminal, done });
  return program;
}

function addCommand(
  program: Command,
  spec: CommandSpec,
  { terminal, done }: { readonly terminal: Terminal; readonly done: (code: ExitCode) => void },
): void {
  const [parent, name] = homeOf(program, spec);
  const command = parent
    .command(name)
    .summary(spec.summary)
    .description(spec.description)
    .addHelpText('after', `\nExample:\n  ${spec.example}`)
    .copyInheritedSettings(program);
  for (const word of spec.words) command.argument(word.name, word.description);
  for (const { flags, description } of spec.options) command.addOption(new Option(flags, description));
  command.action(async (...given: unknown[]) => {
    const words = given.slice(0, spec.words.length).filter((word) => typeof word === 'string');
    const options: GivenOptions = command.opts();
    done(await spec.run({ terminal, words, options }));
  });
}

/** `index rebuild` is the command `rebuild` of the group `index`. */
function homeOf(program: Command, { name }: CommandSpec): readonly [Command, string] {
  const [group, inner] = name.split(' ');
  if (group === undefined || inner === undefined) return [program, name];
  const known = program.commands.find((command) => command.name() === group);
  return [
    known ??
      program.command(group).summary('make indexes anew: index rebuild').copyInheritedSettings(program),
    inner,
  ];
}

/** Whether an error is the parser's own, which has been shown already. */
export function isParserError(error: unknown): error is CommanderError {
  return error instanceof CommanderError;
}
