/** What the command tells the shell. Stable. */
export const EXIT = {
  /** Done, and nothing wrong was found. */
  ok: 0,
  /** Damage was found, or what was looked for was not. */
  found: 1,
  /** The command line makes no sense. */
  usage: 2,
  /** There is no store at the path. */
  noStore: 3,
  /** It could not be done: the medium failed, another process holds the store, a format is not known; or it was interrupted. */
  failed: 4,
  /** Nothing wrong was found, but not everything could be checked: a segment's codec or checksum is not known. */
  unknown: 5,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** A refusal in words for people: what is the matter, and what to do next. */
export class CommandFailure extends Error {
  public override readonly name = 'CommandFailure';
  public readonly exitCode: ExitCode;
  /** What the user can do. */
  public readonly wayOut: string;
  /** For programs. */
  public readonly code: string;

  public constructor(
    sentence: string,
    about: {
      readonly exitCode: ExitCode;
      readonly wayOut: string;
      readonly code: string;
      readonly cause?: unknown;
    },
  ) {
    super(sentence, { cause: about.cause });
    this.exitCode = about.exitCode;
    this.wayOut = about.wayOut;
    this.code = about.code;
  }
}
