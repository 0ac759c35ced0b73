import { crc32c, type KnownFormats, readStoredManifest, type StorageDirectory } from '@seglog/core';
import type { DumpItem } from '../dump/dump-items.js';
import { itemText } from '../dump/dump-items.js';
import { dumpIndex, dumpJournal, dumpSlots, dumpText, type FileDump } from '../dump/dump-metadata.js';
import { dumpSegment, type Emit } from '../dump/dump-segment.js';
import { FILTER_OPTIONS, filterGiven, type RecordFilter } from '../dump/record-filter.js';
import { CommandFailure, EXIT } from '../place/exit-code.js';
import { CODEC_OPTION, formatsGiven } from '../place/load-formats.js';
import { openFile, openStore } from '../place/open-place.js';
import { type StoreLog, storeLogs } from '../place/store-logs.js';
import { LineWriter } from '../terminal/line-writer.js';
import { type CommandSpec, type GivenOptions, LINES_OPTION } from './command-spec.js';
import { misuse, textGiven } from './given.js';

const SHOWS = ['records', 'frames', 'bytes', 'manifest', 'index'] as const;
type Show = (typeof SHOWS)[number];

export const dumpCommand: CommandSpec = {
  name: 'dump',
  summary: 'what stands in the files: records, frames, bytes, manifest, index',
  description:
    'Shows the content of a store, of one log, or of one file of either: a segment, an index, a manifest or catalog, a mark, ' +
    'a session, a producer snapshot. Bytes that no whole frame stands in are shown where they lie. Nothing of any length is ' +
    'held in memory. Text from records is escaped.',
  words: [{ name: '<path>', description: 'a data root, the directory of a topic or partition, or a file' }],
  options: [
    { flags: '--show <what>', description: `${SHOWS.join(', ')}; default records, of a file frames` },
    { flags: '--log <name>', description: 'only this log, by the name that stat shows: flights/0' },
    ...FILTER_OPTIONS,
    CODEC_OPTION,
    LINES_OPTION,
  ],
  example: 'seglog dump ./data --log flights/0 --from 1 --limit 2',
  exits: ['1 when bytes were met that cannot be read'],
  async run({ terminal, words, options }) {
    const json = options['json'] === true;
    const writer = new LineWriter(terminal.output);
    const filter = filterGiven(options);
    const state = { bad: false, records: 0 };
    const emit: Emit = (item) => {
      terminal.signal.throwIfAborted();
      if (item.type === 'bad') state.bad = true;
      if (item.type === 'record') state.records += 1;
      const waiting = writer.line(json ? JSON.stringify(item) : itemText(item));
      const going = state.records < filter.limit;
      return waiting === undefined ? going : waiting.then(() => going);
    };
    if (filter.limit > 0) await dumpPath(words[0] ?? '.', { options, filter, emit });
    await writer.flush();
    return state.bad ? EXIT.found : EXIT.ok;
  },
};

interface Dump {
  readonly options: GivenOptions;
  readonly filter: RecordFilter;
  readonly emit: Emit;
}

async function dumpPath(path: string, dump: Dump): Promise<void> {
  const formats = await formatsGiven(dump.options);
  const show = showGiven(dump.options);
  const file = await openFile(path);
  if (file !== undefined) {
    try {
      const { directory, name } = file;
      await dumpFile({ directory, file: name, path: name, formats, ...dump }, show);
    } finally {
      await file.close();
    }
    return;
  }
  const place = await openStore(path);
  try {
    const only = textGiven(dump.options, 'log');
    const logs = (await storeLogs(place)).filter(({ name }) => only === undefined || name === only);
    if (logs.length === 0 && only !== undefined) throw unknownLog(only);
    for (const log of logs) if (!(await dumpLog(log, { ...dump, formats, show: show ?? 'records' }))) return;
  } finally {
    await place.close();
  }
}

function showGiven(options: GivenOptions): Show | undefined {
  const given = textGiven(options, 'show');
  if (given === undefined) return undefined;
  const show = SHOWS.find((one) => one === given);
  if (show === undefined) throw misuse(`--show takes one of ${SHOWS.join(', ')}, not ${given}`);
  return show;
}

export function unknownLog(name: string): CommandFailure {
  return new CommandFailure(`there is no log ${name} in the store`, {
    exitCode: EXIT.found,
    code: 'NO_LOG',
    wayOut: 'seglog stat lists the partitions',
  });
}

async function dumpLog(
  log: StoreLog,
  dump: Dump & { readonly formats: KnownFormats; readonly show: Show },
): Promise<boolean> {
  const { directory } = log;
  if (directory === undefined) return true;
  const { show, emit, filter } = dump;
  const read = await readStoredManifest(directory, crc32c());
  const shown = (file: string): string => (log.path === '' ? file : `${log.path}/${file}`);
  if (show === 'manifest') {
    const journal = read.value === undefined ? read.complaint.file : read.journal;
    if ((await directory.sizeOf(journal)) === undefined) return emit(notThere(shown(journal)));
    return dumpFile({ directory, file: journal, path: shown(journal), ...dump }, undefined);
  }
  for (const file of await segmentFiles(directory, {
    filter,
    manifest: read.value?.segments.map(({ facts }) => facts),
  })) {
    const name = show === 'index' ? file.replace(/log$/, 'idx') : file;
    if ((await directory.sizeOf(name)) === undefined) {
      if (show !== 'index' && !(await emit(notThere(shown(name))))) return false;
      continue;
    }
    if (!(await dumpFile({ directory, file: name, path: shown(name), ...dump }, show))) return false;
  }
  return true;
}

const notThere = (file: string): DumpItem => ({
  type: 'bad',
  file,
  position: 0,
  bytes: 0,
  why: 'the file is not there',
});

/** The segments that the manifest names and the filter asks for; without a manifest, all that look like segments. */
async function segmentFiles(
  directory: StorageDirectory,
  about: {
    readonly filter: RecordFilter;
    readonly manifest:
      | readonly {
          readonly baseOffset: number;
          readonly nextOffset: number;
          readonly id: string;
          readonly sealed: boolean;
        }[]
      | undefined;
  },
): Promise<readonly string[]> {
  const { filter, manifest } = about;
  if (manifest === undefined) {
    const entries = await directory.list();
    return entries
      .map(({ name }) => name)
      .filter((name) => /^\d{20}-[0-9a-f]{16}\.log$/.test(name))
      .toSorted();
  }
  return manifest
    .filter(
      ({ baseOffset, nextOffset, sealed }) => baseOffset < filter.to && (!sealed || nextOffset > filter.from),
    )
    .map(({ baseOffset, id }) => `${String(baseOffset).padStart(20, '0')}-${id}.log`);
}

/** Shows one file in the way that its name asks for. */
function dumpFile(dump: FileDump & Dump, show: Show | undefined): Promise<boolean> {
  const { file } = dump;
  if (file.endsWith('.log')) {
    const way = show === 'records' || show === 'bytes' ? show : 'frames';
    return dumpSegment({ ...dump, show: way });
  }
  if (file.endsWith('.idx')) return dumpIndex(dump);
  if (/^(?:MANIFEST|CATALOG)-\d+$/.test(file)) return dumpJournal(dump);
  if (file === 'MARK' || file === 'SESSION') return dumpSlots(dump);
  return dumpText(dump);
}
