import { type KnownFormats, Log, type RecordCursor } from '@seglog/core';
import { recordText } from '../dump/dump-items.js';
import { sameBytes } from '../dump/record-filter.js';
import { EXIT } from '../place/exit-code.js';
import { CODEC_OPTION, formatsGiven } from '../place/load-formats.js';
import { logComponents } from '../place/log-components.js';
import { openStore } from '../place/open-place.js';
import { type StoreLog, storeLogs } from '../place/store-logs.js';
import { escapedText } from '../text/escape.js';
import { type JsonRecord, toJsonRecord } from '../text/record-json.js';
import { type CommandSpec, type GivenOptions, LINES_OPTION } from './command-spec.js';
import { unknownLog } from './dump-command.js';
import { flagGiven, misuse, numberGiven, textGiven, timeGiven } from './given.js';
import { printLines } from './output.js';

export const findCommand: CommandSpec = {
  name: 'find',
  summary: 'a record by offset, time or key',
  description:
    'Finds the record at an offset (or the first one behind it), the first record with a timestamp from a time on, or the latest ' +
    'record of a key, in each partition or in one. Offsets and times are looked up by the index; a key is looked for in every record.',
  words: [{ name: '<dir>', description: 'a data root, the directory of a topic, or that of a partition' }],
  options: [
    { flags: '--offset <offset>', description: 'the record at this offset, or the first one behind it' },
    { flags: '--time <time>', description: 'the first record with this timestamp or a later one' },
    { flags: '--key <text>', description: 'the latest record of this key' },
    { flags: '--log <name>', description: 'only in this log, by the name that stat shows: flights/0' },
    CODEC_OPTION,
    LINES_OPTION,
  ],
  example: 'seglog find ./data --key "LH 1"',
  exits: ['1 when there is no such record'],
  async run({ terminal, words, options }) {
    const search = searchGiven(options);
    const formats = await formatsGiven(options);
    const place = await openStore(words[0] ?? '.');
    try {
      const only = textGiven(options, 'log');
      const logs = (await storeLogs(place)).filter(({ name }) => only === undefined || name === only);
      if (logs.length === 0 && only !== undefined) throw unknownLog(only);
      const lines: string[] = [];
      for (const log of logs) {
        const found = await foundIn(log, { search, formats });
        if (found === undefined) continue;
        const json = JSON.stringify({ log: log.name, ...found });
        lines.push(flagGiven(options, 'json') ? json : `${escapedText(log.name)} ${recordText(found)}`);
      }
      await printLines(terminal, lines);
      return lines.length > 0 ? EXIT.ok : EXIT.found;
    } finally {
      await place.close();
    }
  },
};

type Search = (log: Log) => Promise<JsonRecord | undefined>;

function searchGiven(options: GivenOptions): Search {
  const [offset, time, key] = [
    numberGiven(options, 'offset'),
    timeGiven(options, 'time'),
    textGiven(options, 'key'),
  ];
  const searches: readonly (Search | undefined)[] = [
    offset === undefined ? undefined : (log) => firstFrom(log, offset),
    time === undefined ? undefined : (log) => firstSince(log, time),
    key === undefined ? undefined : (log) => latestOf(log, new TextEncoder().encode(key)),
  ];
  const [search, second] = searches.filter((one) => one !== undefined);
  if (search === undefined || second !== undefined)
    throw misuse('find takes one of --offset, --time and --key');
  return search;
}

async function foundIn(
  { directory }: StoreLog,
  { search, formats }: { readonly search: Search; readonly formats: KnownFormats },
): Promise<JsonRecord | undefined> {
  if (directory === undefined) return undefined;
  const log = new Log(logComponents(directory, formats));
  try {
    await log.open({ readOnly: true });
    return await search(log);
  } finally {
    await log.close();
  }
}

async function firstFrom(log: Log, offset: number): Promise<JsonRecord | undefined> {
  const { logStart, logEnd } = log.offsets();
  const from = Math.max(offset, logStart);
  if (from >= logEnd) return undefined;
  const { records } = await log.read(from, { maxRecords: 1, isolation: 'uncommitted' });
  return records[0] && toJsonRecord(records[0]);
}

async function firstSince(log: Log, timestampMs: number): Promise<JsonRecord | undefined> {
  const offset = await log.offsetForTimestamp(timestampMs, { isolation: 'uncommitted' });
  return offset === undefined ? undefined : firstFrom(log, offset);
}

async function latestOf(log: Log, key: Uint8Array): Promise<JsonRecord | undefined> {
  let latest: JsonRecord | undefined;
  const note = (cursor: RecordCursor): void => {
    if (sameBytes(cursor.key, key)) latest = toJsonRecord(cursor);
  };
  await log.scan(log.offsets().logStart, note, { isolation: 'uncommitted' });
  return latest;
}
