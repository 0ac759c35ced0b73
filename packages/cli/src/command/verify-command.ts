import {
  checkStore,
  type KnownFormats,
  type Severity,
  type StoreFinding,
  type StoreReport,
} from '@seglog/core';
import { EXIT, type ExitCode } from '../place/exit-code.js';
import { CODEC_OPTION, formatsGiven } from '../place/load-formats.js';
import { openStore, type Place } from '../place/open-place.js';
import { storeLogs } from '../place/store-logs.js';
import { Progress } from '../terminal/progress.js';
import type { Terminal } from '../terminal/terminal.js';
import { escapedText } from '../text/escape.js';
import { type Color, type Paint, painter } from '../text/paint.js';
import { byteText, countOf } from '../text/units.js';
import { type CommandSpec, JSON_OPTION } from './command-spec.js';
import { flagGiven } from './given.js';
import { printJson, printLines } from './output.js';

export const verifyCommand: CommandSpec = {
  name: 'verify',
  summary: 'whether a store is whole',
  description:
    'Checks headers, footers, links, lengths, metadata and the end of every log; with --deep every frame, record and index ' +
    'entry too. Each finding is named with its file and its byte. "damage" means that records are lost or at risk; ' +
    '"derived" that a damaged file is made anew from others; "leftover" that a crash, or a writer at work, has left something ' +
    'that the next opening tidies; "unknown" that a segment has a codec or checksum that this command does not know: name the ' +
    'module that exports it with --codec. Works beside a writer.',
  words: [{ name: '<dir>', description: 'a data root, the directory of a topic, or that of a partition' }],
  options: [
    { flags: '--deep', description: 'read and verify every byte' },
    { flags: '--notes', description: 'also what is worth knowing and nothing wrong' },
    CODEC_OPTION,
    JSON_OPTION,
  ],
  example: 'seglog verify ./data --deep',
  exits: [
    '1 when there is damage, of records or of derived files; leftovers are no damage',
    '5 when there is none, and segments could not be checked because their codec or checksum is not known',
  ],
  async run({ terminal, words, options }) {
    const place = await openStore(words[0] ?? '.');
    try {
      const deep = flagGiven(options, 'deep');
      const report = await checked(place, { terminal, deep, formats: await formatsGiven(options) });
      if (flagGiven(options, 'json')) await printJson(terminal, asDocument(report, deep));
      else
        await printLines(
          terminal,
          reportLines(report, {
            paint: painter(terminal.colors),
            place,
            deep,
            notes: flagGiven(options, 'notes'),
          }),
        );
      return EXITS[verdictOf(report)];
    } finally {
      await place.close();
    }
  },
};

async function checked(
  place: Place,
  {
    terminal,
    deep,
    formats,
  }: { readonly terminal: Terminal; readonly deep: boolean; readonly formats: KnownFormats },
): Promise<StoreReport> {
  const progress = new Progress(terminal, 'verify', deep ? await frameBytes(place) : 0);
  let done = 0;
  try {
    return await checkStore(place.directory, formats, {
      deep,
      onProgress: (bytes) => {
        terminal.signal.throwIfAborted();
        done += bytes;
        progress.at(done);
      },
    });
  } finally {
    progress.end();
  }
}

/** What there is to read, as far as the directories tell. */
async function frameBytes(place: Place): Promise<number> {
  let total = 0;
  for (const { directory } of await storeLogs(place)) {
    const entries = (await directory?.list()) ?? [];
    for (const { name } of entries) if (name.endsWith('.log')) total += (await directory?.sizeOf(name)) ?? 0;
  }
  return total;
}

const count = ({ findings }: StoreReport, severity: Severity): number =>
  findings.filter((finding) => finding.severity === severity).length;

type Verdict = 'whole' | 'damaged' | 'unknown';

const EXITS: Readonly<Record<Verdict, ExitCode>> = {
  whole: EXIT.ok,
  damaged: EXIT.found,
  unknown: EXIT.unknown,
};

function verdictOf(report: StoreReport): Verdict {
  if (count(report, 'damage') + count(report, 'derived') > 0) return 'damaged';
  return count(report, 'unknown') > 0 ? 'unknown' : 'whole';
}

function asDocument(report: StoreReport, deep: boolean): unknown {
  const { findings, ...counts } = report;
  const verdict = verdictOf(report);
  return { healthy: verdict === 'whole', verdict, deep, ...counts, findings };
}

const COLORS: Readonly<Record<Severity, Color>> = {
  damage: 'red',
  derived: 'yellow',
  unknown: 'yellow',
  leftover: 'yellow',
  note: 'dim',
};

function reportLines(
  report: StoreReport,
  how: { readonly paint: Paint; readonly place: Place; readonly deep: boolean; readonly notes: boolean },
): readonly string[] {
  const { paint, place, deep, notes } = how;
  const shown = report.findings.filter(({ severity }) => notes || severity !== 'note');
  const read = deep
    ? `${countOf(report.frames, 'frame')} and ${countOf(report.records, 'record')} in ${byteText(report.bytes)}`
    : 'metadata, headers, footers and the ends of logs';
  const lines = shown.map((finding) => findingLine(finding, paint));
  lines.push(`checked ${countOf(report.logs, 'log')}, ${countOf(report.segments, 'segment')}: ${read}`);
  return [...lines, ...verdictLines(report, paint), ...adviceLines(report, place)];
}

function verdictLines(report: StoreReport, paint: Paint): readonly string[] {
  const [damage, derived, leftover, unknown] = [
    count(report, 'damage'),
    count(report, 'derived'),
    count(report, 'leftover'),
    count(report, 'unknown'),
  ];
  if (damage + derived > 0)
    return [paint('red', `${damage} damage, ${derived} derived, ${leftover} leftover, ${unknown} unknown`)];
  const tidied = leftover > 0 ? `; ${countOf(leftover, 'leftover')}, tidied when the store is opened` : '';
  if (unknown > 0)
    return [paint('yellow', `no damage found${tidied}; ${countOf(unknown, 'segment')} could not be checked`)];
  return [paint('green', `no damage${tidied}`)];
}

function adviceLines(report: StoreReport, place: Place): readonly string[] {
  const lines: string[] = [];
  if (count(report, 'damage') > 0)
    lines.push(
      `next: seglog plan ${escapedText(place.path)} shows what opening would do; keep a copy before any repair`,
      'next: opening reads the ends of logs only; of sealed segments seglog export --salvage brings out all that is whole, for an import',
    );
  else if (count(report, 'derived') > 0)
    lines.push('next: nothing is lost; the medium may be failing, so look at its health');
  if (count(report, 'unknown') > 0)
    lines.push('next: --codec ./my-codec.js names the module that exports the codec or checksum');
  return lines;
}

function findingLine({ severity, file, position, message }: StoreFinding, paint: Paint): string {
  const place = position === undefined ? '' : ` byte ${position}`;
  return `${paint(COLORS[severity], severity.padEnd(8))} ${escapedText(file)}${place}: ${escapedText(message)}`;
}
