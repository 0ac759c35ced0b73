import type { CommandSpec } from './command/command-spec.js';
import { PROGRAM_NOTES, PROGRAM_SUMMARY } from './program-notes.js';

const EXITS: readonly (readonly [number, string])[] = [
  [0, 'done, and nothing wrong was found'],
  [
    1,
    'something was found: damage, or something that would refuse to open; or what was looked for is not there',
  ],
  [2, 'the command line makes no sense'],
  [3, 'there is no store at the path'],
  [
    4,
    'it could not be done: the medium failed, another process holds the store, a part is missing; or it was interrupted',
  ],
  [5, 'nothing wrong was found, but not all could be checked: a codec or checksum is not known'],
];

/** The manual as Markdown, made from what the program says of itself. */
export function manual(list: readonly CommandSpec[]): string {
  const lines = [
    '# The seglog command',
    '',
    `${PROGRAM_SUMMARY} This page is made by \`npm run docs:cli\` from the program itself; a test runs its examples.`,
    '',
    ...PROGRAM_NOTES.slice(0, 1),
    '',
    '| command | |',
    '|---|---|',
    ...list.map(
      ({ name, summary }) => `| [\`seglog ${name}\`](#seglog-${name.replaceAll(' ', '-')}) | ${summary} |`,
    ),
    '',
    '| exit code | meaning |',
    '|---|---|',
    ...EXITS.map(([code, meaning]) => `| ${code} | ${meaning} |`),
    '',
    'Messages go to the error stream and say what to do next; with `--json` they are JSON as well. `NO_COLOR`, and a pipe, turn',
    'colours off. What takes longer than a second shows how far it is, where somebody looks.',
    ...list.flatMap(page),
  ];
  return `${lines.join('\n')}\n`;
}

/** One command, as a page of a manual. */
function page(spec: CommandSpec): readonly string[] {
  const { name, description, words, options, example, exits } = spec;
  const usage = ['seglog', name, ...words.map((word) => word.name), '[options]'].join(' ');
  const rows = [
    ...words.map((word) => `| \`${word.name}\` | ${word.description} |`),
    ...options.map(({ flags, description: said }) => `| \`${flags}\` | ${said} |`),
  ];
  return [
    '',
    `## seglog ${name}`,
    '',
    `    ${usage}`,
    '',
    description,
    '',
    '| | |',
    '|---|---|',
    ...rows,
    '',
    ...exits.flatMap((exit) => [`Exits with ${exit}.`, '']),
    '```sh',
    example,
    '```',
  ];
}
