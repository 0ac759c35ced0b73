import type { KnownFormats } from '@seglog/core';
import { PreadDirectory } from '@seglog/fs-pread';
import { UNAPPLIED_DIRECTORY, WAL_DIRECTORY } from '@seglog/wal';
import { EXIT } from '../place/exit-code.js';
import { CODEC_OPTION, formatsGiven } from '../place/load-formats.js';
import { openStore, requireRoot } from '../place/open-place.js';
import { storeLogs } from '../place/store-logs.js';
import { type IndexState, indexStates, rebuildIndex } from '../repair/index-rebuild.js';
import { escapedText } from '../text/escape.js';
import { type CommandSpec, JSON_OPTION } from './command-spec.js';
import { flagGiven } from './given.js';
import { printJson, printLines } from './output.js';

interface Outcome extends Pick<IndexState, 'file' | 'state'> {
  readonly log: string;
  readonly done: 'rebuilt' | 'not written' | 'the segment is damaged';
}

export const indexRebuildCommand: CommandSpec = {
  name: 'index rebuild',
  summary: 'make indexes anew from the frames; with --write only',
  description:
    'Finds indexes of sealed segments that are missing, damaged or not complete, and makes them anew from the frames. An engine ' +
    'does so by itself when it needs one: this does it now, and at once. Without --write it only lists them.',
  words: [{ name: '<dir>', description: 'a data root' }],
  options: [
    { flags: '--write', description: 'make them' },
    { flags: '--all', description: 'also those that are whole' },
    CODEC_OPTION,
    JSON_OPTION,
  ],
  example: 'seglog index rebuild ./data --all --write',
  exits: ['1 when a segment is damaged, so that it has no index'],
  async run({ terminal, words, options }) {
    const path = words[0] ?? '.';
    const write = flagGiven(options, 'write');
    const formats = await formatsGiven(options);
    await requireRoot(path);
    const disk = new PreadDirectory(path, { create: false });
    try {
      const lock = write ? await disk.lock('LOCK') : undefined;
      try {
        const outcomes = await rebuildAll(disk, {
          path,
          write,
          all: flagGiven(options, 'all'),
          formats,
        });
        if (flagGiven(options, 'json')) await printJson(terminal, { indexes: outcomes });
        else await printLines(terminal, outcomeLines(outcomes));
        return outcomes.some(({ done }) => done === 'the segment is damaged') ? EXIT.found : EXIT.ok;
      } finally {
        await lock?.[Symbol.asyncDispose]();
      }
    } finally {
      await disk.close();
    }
  },
};

async function rebuildAll(
  disk: PreadDirectory,
  {
    path,
    write,
    all,
    formats,
  }: {
    readonly path: string;
    readonly write: boolean;
    readonly all: boolean;
    readonly formats: KnownFormats;
  },
): Promise<readonly Outcome[]> {
  const place = await openStore(path);
  const outcomes: Outcome[] = [];
  try {
    for (const log of await storeLogs({ ...place, directory: disk })) {
      if (log.directory === undefined || UNINDEXED.has(log.name)) continue;
      for (const index of await indexStates(log.directory, formats)) {
        if (index.state === 'whole' && !all) continue;
        const { file, state } = index;
        const whole = write ? await rebuildIndex(log.directory, index, formats) : undefined;
        const done = whole === undefined ? 'not written' : whole ? 'rebuilt' : 'the segment is damaged';
        outcomes.push({ log: log.name, file, state, done });
      }
    }
    return outcomes;
  } finally {
    await place.close();
  }
}

/** Write-ahead logs are read from end to end. */
const UNINDEXED: ReadonlySet<string> = new Set([WAL_DIRECTORY, UNAPPLIED_DIRECTORY]);

function outcomeLines(outcomes: readonly Outcome[]): readonly string[] {
  if (outcomes.length === 0) return ['every index is whole: nothing to do'];
  return outcomes.map(({ log, file, state, done }) => `${escapedText(log)} ${file}: was ${state}, ${done}`);
}
