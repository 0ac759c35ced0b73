import { crc32c, readSession, SeglogError, type SessionFacts } from '@seglog/core';
import { EXIT } from '../place/exit-code.js';
import { CODEC_OPTION, formatsGiven } from '../place/load-formats.js';
import { openStore, type Place } from '../place/open-place.js';
import { storeLogs } from '../place/store-logs.js';
import { type CursorSummary, storedCursors } from '../place/stored-cursors.js';
import { type LogSummary, summarize } from '../place/stored-facts.js';
import { escapedText } from '../text/escape.js';
import { type Paint, painter } from '../text/paint.js';
import { mapLines } from '../text/segment-map.js';
import { tableLines } from '../text/table.js';
import { byteText, countOf, countText, timeText } from '../text/units.js';
import { type CommandSpec, JSON_OPTION } from './command-spec.js';
import { flagGiven } from './given.js';
import { printJson, printLines } from './output.js';

export const statCommand: CommandSpec = {
  name: 'stat',
  summary: 'topics, partitions, marks, segments and sizes',
  description:
    'Shows what a store holds, without reading its records: every partition with its marks, its segments and its size, and how ' +
    'far groups of readers have come. ' +
    'Works beside a writer, and on a damaged store, where it names what cannot be opened.',
  words: [{ name: '<dir>', description: 'a data root, the directory of a topic, or that of a partition' }],
  options: [
    { flags: '--segments', description: 'a line for each segment' },
    {
      flags: '--map',
      description: 'the segments of each partition to scale: sealed, compacted, active, deleted, indexed',
    },
    CODEC_OPTION,
    JSON_OPTION,
  ],
  example: 'seglog stat ./data --segments',
  exits: ['1 when a partition cannot be opened'],
  async run({ terminal, words, options }) {
    const formats = await formatsGiven(options);
    const place = await openStore(words[0] ?? '.');
    try {
      const session = await sessionOf(place);
      const found = await storeLogs(place);
      const logs: LogSummary[] = [];
      for (const log of found) logs.push(await summarize(log, formats));
      const cursors = await storedCursors(found, { summaries: logs, formats });
      const offline = logs.some(({ state }) => state !== 'ok') || typeof session === 'string';
      if (flagGiven(options, 'json')) await printJson(terminal, { kind: place.kind, session, logs, cursors });
      else {
        const paint = painter(terminal.colors);
        const lines = [
          headline(place, session, logs),
          ...(logs.length > 0 ? ['', ...logTable(logs, paint)] : []),
        ];
        if (flagGiven(options, 'segments')) lines.push('', ...segmentTable(logs));
        if (flagGiven(options, 'map')) lines.push('', ...mapLines(logs, terminal.columns));
        if (cursors.length > 0) lines.push('', ...cursorTable(cursors));
        await printLines(terminal, [...lines, ...complaints(logs, paint)]);
      }
      return offline ? EXIT.found : EXIT.ok;
    } finally {
      await place.close();
    }
  },
};

/** Of a data root: what its session says, or why it cannot be read. */
async function sessionOf({ kind, directory }: Place): Promise<SessionFacts | string | undefined> {
  if (kind !== 'root') return undefined;
  try {
    return await readSession(directory, crc32c());
  } catch (error) {
    if (SeglogError.is(error)) return error.message;
    throw error;
  }
}

function headline(
  { kind, path }: Place,
  session: SessionFacts | string | undefined,
  logs: readonly LogSummary[],
): string {
  const what = { root: 'data root', topic: 'topic directory', log: 'log', foreign: 'directory' }[kind];
  const named = logs.map(({ name }) => name).filter((name) => name.includes('/'));
  const topics = new Set(named.map((name) => name.slice(0, name.lastIndexOf('/')))).size;
  const parts = [`${what} ${escapedText(path)}`];
  if (typeof session === 'string') parts.push(`the session cannot be read: ${session}`);
  else if (session !== undefined) {
    parts.push(`writer epoch ${session.epoch}`);
    parts.push(session.clean ? 'closed cleanly' : 'open, or not closed cleanly');
  }
  if (kind === 'root') parts.push(`${countOf(topics, 'topic')}, ${countOf(named.length, 'partition')}`);
  return parts.join(' · ');
}

function logTable(logs: readonly LogSummary[], paint: Paint): readonly string[] {
  const rows = logs.map((log) => {
    const { offsets } = log;
    const marks =
      offsets === undefined ? ['-', '-', '-'] : [offsets.logStart, offsets.durable, offsets.logEnd];
    return [
      escapedText(log.name),
      countText(log.records),
      ...marks.map(String),
      String(log.segments.length),
      byteText(log.diskBytes),
      log.emptyOffsets === 0 ? '-' : countText(log.emptyOffsets),
      log.dirtyRatio === undefined ? '-' : log.dirtyRatio.toFixed(2),
      log.state === 'ok' ? (log.closedCleanly ? 'clean' : 'open') : log.state,
    ];
  });
  const columns = [
    'partition',
    'records',
    'start',
    'durable',
    'end',
    'segments',
    'on disk',
    'holes',
    'dirty',
    'state',
  ];
  const lines = tableLines(
    columns.map((title, at) => ({ title, align: at === 0 || at === columns.length - 1 ? 'left' : 'right' })),
    rows,
  );
  return lines.map((line, at) => {
    if (at === 0) return paint('bold', line);
    return logs[at - 1]?.state === 'ok' ? line : paint('red', line);
  });
}

function segmentTable(logs: readonly LogSummary[]): readonly string[] {
  const columns = [
    'partition',
    'segment',
    'state',
    'records',
    'offsets',
    'frames',
    'file',
    'newest record',
    'index',
  ];
  const right = new Set(['records', 'frames', 'file']);
  const rows = logs.flatMap((log) =>
    log.segments.map((segment) => [
      escapedText(log.name),
      segment.file,
      segment.sealed ? 'sealed' : 'active',
      countText(segment.records),
      `${segment.baseOffset}..${segment.nextOffset}`,
      byteText(segment.frameBytes),
      segment.fileBytes === undefined ? 'missing' : byteText(segment.fileBytes),
      timeText(segment.maxTimestampMs),
      segment.indexed ? 'yes' : 'no',
    ]),
  );
  return tableLines(
    columns.map((title) => ({ title, align: right.has(title) ? 'right' : 'left' })),
    rows,
  );
}

function cursorTable(cursors: readonly CursorSummary[]): readonly string[] {
  const rows = cursors.map(({ group, log, offset, lag }) => [
    escapedText(group),
    escapedText(log),
    String(offset),
    lag === undefined ? '-' : countText(lag),
  ]);
  return tableLines(
    [
      { title: 'group' },
      { title: 'partition' },
      { title: 'next', align: 'right' },
      { title: 'lag', align: 'right' },
    ],
    rows,
  );
}

function complaints(logs: readonly LogSummary[], paint: Paint): readonly string[] {
  const bad = logs.filter(({ state }) => state !== 'ok');
  if (bad.length === 0) return [];
  const lines = bad.map(
    ({ name, message }) => `${escapedText(name)}: ${paint('red', escapedText(message ?? ''))}`,
  );
  return ['', ...lines, 'next: seglog verify names the damage, seglog plan shows what opening would do'];
}
