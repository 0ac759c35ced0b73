import { type CrashProfile, crashProfiles, DROPPED, VOLATILE } from '@seglog/testing';

export type CrashKindName = 'exit' | 'kill' | 'torn' | 'ordered' | 'ext4' | 'strict';

export interface CrashKind {
  readonly name: CrashKindName;
  readonly title: string;
  readonly meaning: string;
  readonly profile: CrashProfile;
  /** Only when the program has come to its end. */
  readonly onlyEnd?: boolean;
}

/** From the mildest to the one that we ask of ourselves. */
export const CRASH_KINDS: readonly CrashKind[] = [
  {
    name: 'exit',
    title: 'clean exit',
    meaning:
      'No crash at all: the process ends after the last acknowledgement, and another one opens the store.',
    profile: (pending) => [pending.map(() => VOLATILE)],
    onlyEnd: true,
  },
  {
    name: 'kill',
    title: 'process kill',
    meaning:
      'The process dies (`kill -9`); the page cache lives on. The call in flight happened whole, or not at all.',
    profile: (pending) => [
      pending.map(() => VOLATILE),
      pending.map((one) => (one.inFlight ? DROPPED : VOLATILE)),
    ],
  },
  {
    name: 'torn',
    title: 'process kill, write torn',
    meaning:
      'As before, and of a write in flight any beginning may be there. POSIX allows it; Linux does it to large writes rather than to small ones.',
    profile: crashProfiles.kill,
  },
  {
    name: 'ordered',
    title: 'power loss, in order',
    meaning:
      'Everything up to some call is on the disk, synced or not, and nothing after it. The mildest disk there is.',
    profile: crashProfiles.prefix,
  },
  {
    name: 'ext4',
    title: 'power loss, ext4-like',
    meaning:
      'Names and sizes reach the disk in order, data before the size that covers it (`data=ordered`); data written in place in any order.',
    profile: crashProfiles['ext4-ordered'],
  },
  {
    name: 'strict',
    title: 'power loss, strict',
    meaning:
      'What POSIX promises and no more: of what was not synced any part may be there, names and data in any order, writes torn. Process kills are among these states.',
    profile: crashProfiles.strict,
  },
];
