import { type KnownFormats, SeglogError } from '@seglog/core';
import { PreadDirectory } from '@seglog/fs-pread';
import { CommandFailure, EXIT } from '../place/exit-code.js';
import { CODEC_OPTION, formatsGiven } from '../place/load-formats.js';
import { openPlace } from '../place/open-place.js';
import { storeLogs } from '../place/store-logs.js';
import { countOf } from '../text/units.js';
import { checkTransfer, type ImportCounts, importStore } from '../transfer/import-store.js';
import { BadLine } from '../transfer/transfer-lines.js';
import { TransferReader } from '../transfer/transfer-reader.js';
import { type CommandSpec, JSON_OPTION } from './command-spec.js';
import { flagGiven } from './given.js';
import { printJson, printLines } from './output.js';

export const importCommand: CommandSpec = {
  name: 'import',
  summary: 'make topics of an export',
  description:
    'Reads what seglog export wrote from the standard input, and makes its topics in a data root: records at their offsets, with ' +
    'gaps, timestamps, keys, values and headers as they were. The data root is made if it is missing; topics of the same names must ' +
    'not be there. A write-ahead log that is there is replayed first. Without --write the export is read and checked, and nothing is made.',
  words: [{ name: '<dir>', description: 'a data root' }],
  options: [{ flags: '--write', description: 'make the topics' }, CODEC_OPTION, JSON_OPTION],
  example: 'seglog export ./data | seglog import ./copy --write',
  exits: [],
  async run({ terminal, words, options }) {
    const write = flagGiven(options, 'write');
    const formats = await formatsGiven(options);
    const reader = new TransferReader(terminal.input);
    const stop = (): void => reader.close();
    terminal.signal.addEventListener('abort', stop, { once: true });
    const counts = await carriedOut(words[0] ?? '.', { reader, write, formats }).finally(() => {
      terminal.signal.removeEventListener('abort', stop);
      stop();
    });
    if (flagGiven(options, 'json')) await printJson(terminal, { written: write, ...counts });
    else await printLines(terminal, [summary(counts, write)]);
    return EXIT.ok;
  },
};

function summary({ topics, partitions, records }: ImportCounts, write: boolean): string {
  const what = `${countOf(topics, 'topic')}, ${countOf(partitions, 'partition')}, ${countOf(records, 'record')}`;
  return write
    ? `imported ${what}`
    : `the export is whole: ${what}; nothing was written, add --write to import it`;
}

/** Names of the topics that are there; none where nothing is. Refuses a directory that holds something else. */
async function topicsAt(path: string): Promise<ReadonlySet<string>> {
  const place = await openPlace(path).catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
  if (place === undefined) return new Set();
  try {
    const entries = (await place.directory.list()).filter(({ name }) => name !== 'LOCK');
    if (place.kind === 'root' || entries.length === 0)
      return new Set((await storeLogs(place)).flatMap(({ topic }) => topic?.name ?? []));
  } finally {
    await place.close();
  }
  throw new CommandFailure(`${path} holds something that is no data root`, {
    exitCode: EXIT.noStore,
    code: 'NO_ROOT',
    wayOut: 'give a data root, an empty directory, or one that is not there yet; nothing was changed',
  });
}

function isMissing(error: unknown): boolean {
  const cause = error instanceof CommandFailure ? error.cause : undefined;
  return SeglogError.is(cause, 'STORAGE') && cause.facts['errno'] === 'ENOENT';
}

async function carriedOut(
  path: string,
  {
    reader,
    write,
    formats,
  }: { readonly reader: TransferReader; readonly write: boolean; readonly formats: KnownFormats },
): Promise<ImportCounts> {
  const present = await topicsAt(path);
  try {
    if (!write) return await checkTransfer(reader, present);
    const disk = new PreadDirectory(path);
    try {
      return await importStore(disk, reader, formats);
    } finally {
      await disk.close();
    }
  } catch (error) {
    if (!(error instanceof BadLine)) throw error;
    throw new CommandFailure(`the input is no export of seglog: ${error.message}`, {
      exitCode: EXIT.failed,
      code: 'BAD_INPUT',
      wayOut: write
        ? 'topics before the line were imported whole, the one it belongs to was not; check the export without --write'
        : 'pipe what seglog export writes into it; nothing was written',
      cause: error,
    });
  }
}
