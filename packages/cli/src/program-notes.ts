export const PROGRAM_SUMMARY = 'Looks into Seglog stores, verifies them, and repairs them.';

/** What holds for every command, shown under the list of commands. */
export const PROGRAM_NOTES: readonly string[] = [
  'Nothing is changed without --write. Every command that only looks takes no lock and works beside a writer.',
  'Exit codes: 0 done and nothing wrong, 1 something was found, 2 wrong usage, 3 no store there, 4 it could not be done, 5 not all could be checked.',
  'NO_COLOR turns colours off; so does a pipe.',
];
