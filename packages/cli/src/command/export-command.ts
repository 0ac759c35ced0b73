import {
  BufferPool,
  crc32c,
  type KnownFormats,
  Log,
  readStoredManifest,
  restoreCurrent,
  SeglogError,
  type StorageDirectory,
} from '@seglog/core';
import { EXIT } from '../place/exit-code.js';
import { CODEC_OPTION, formatsGiven } from '../place/load-formats.js';
import { logComponents } from '../place/log-components.js';
import { openStore, type Place, requireRoot } from '../place/open-place.js';
import { OverlayDirectory } from '../place/overlay-directory.js';
import { type StoreLog, storeLogs } from '../place/store-logs.js';
import { LineWriter } from '../terminal/line-writer.js';
import type { Terminal } from '../terminal/terminal.js';
import { escapedText } from '../text/escape.js';
import { toJsonRecord } from '../text/record-json.js';
import type { TransferLine } from '../transfer/transfer-lines.js';
import type { CommandSpec } from './command-spec.js';
import { unknownLog } from './dump-command.js';
import { flagGiven, textGiven } from './given.js';

export const exportCommand: CommandSpec = {
  name: 'export',
  summary: 'every record as NDJSON, for import or for other programs',
  description:
    'Writes topics, partitions and records as lines of JSON: offsets with their gaps, timestamps, keys, values and headers, bytes ' +
    'that are no text as base64. seglog import makes the same of it again. Takes no lock: beside a writer it exports what is there ' +
    'when each partition has its turn. Damage ends the export, unless --salvage steps over it: then everything that is whole comes ' +
    'out, what is lost is told on the error stream and noted in the export, and importing it gives a store without damage.',
  words: [{ name: '<dir>', description: 'a data root' }],
  options: [
    { flags: '--topic <name>', description: 'only this topic' },
    { flags: '--salvage', description: 'step over what is damaged, and export everything else' },
    CODEC_OPTION,
  ],
  example: 'seglog export ./data --topic flights',
  exits: ['1 when --salvage had to leave something out'],
  async run({ terminal, words, options }) {
    const formats = await formatsGiven(options);
    const path = words[0] ?? '.';
    await requireRoot(path);
    const place = await openStore(path);
    const writer = new LineWriter(terminal.output);
    try {
      const only = textGiven(options, 'topic');
      const logs = await topicLogs(place);
      const chosen = logs.filter(({ topic }) => only === undefined || topic?.name === only);
      if (chosen.length === 0 && only !== undefined) throw unknownLog(only);
      const lost: string[] = [];
      const salvage = flagGiven(options, 'salvage');
      const records = await exportLogs(chosen, { writer, terminal, formats, salvage, lost });
      await emit(writer, { type: 'end', records });
      await writer.flush();
      for (const line of lost) terminal.errors.write(`${escapedText(line)}\n`);
      return lost.length > 0 ? EXIT.found : EXIT.ok;
    } finally {
      await place.close();
    }
  },
};

/** The partitions of all topics. What the catalog would have named must not be missing from an export in silence. */
async function topicLogs(place: Place): Promise<readonly StoreLog[]> {
  const logs = await storeLogs(place);
  const unnamed = logs.find(({ topic, path }) => topic === undefined && path.startsWith('topics/'));
  if (unnamed !== undefined)
    throw new SeglogError('CORRUPT_METADATA', 'there are topics and no catalog of them that can be read', {
      file: 'catalog',
    });
  return logs.filter(({ topic }) => topic !== undefined);
}

interface Out {
  readonly writer: LineWriter;
  readonly terminal: Terminal;
  readonly formats: KnownFormats;
  /** Steps over damage. */
  readonly salvage: boolean;
  /** What had to be left out, in words. */
  readonly lost: string[];
}

interface Partition {
  readonly name: string;
  readonly partition: number;
  readonly directory: StorageDirectory;
}

function emit(writer: LineWriter, line: TransferLine): Promise<void> | undefined {
  return writer.line(JSON.stringify(line));
}

async function exportLogs(logs: readonly StoreLog[], out: Out): Promise<number> {
  const { writer } = out;
  const topics = new Set(logs.map(({ topic }) => topic?.id)).size;
  await emit(writer, { type: 'seglog-export', version: 1, topics });
  let records = 0;
  for (const { topic, partition, directory, name } of logs) {
    if (topic === undefined || partition === undefined) continue;
    if (directory === undefined && !out.salvage) throw unknownLog(name);
    if (partition === 0) {
      const { name: topicName, partitions, config } = topic;
      await emit(writer, { type: 'topic', name: topicName, partitions, config });
    }
    const place = { directory: await readableOf(directory, out), partition, name };
    records += await exportLog(place, out);
  }
  return records;
}

/** What a salvage puts right it puts right in memory: where `CURRENT` is lost, the only manifest there is counts. */
async function readableOf(
  directory: StorageDirectory | undefined,
  { salvage }: Out,
): Promise<StorageDirectory> {
  if (directory !== undefined && !salvage) return directory;
  const overlay = new OverlayDirectory(directory);
  await restoreCurrent(overlay, 'MANIFEST', crc32c());
  return overlay;
}

async function exportLog(place: Partition, out: Out): Promise<number> {
  const { directory, partition, name } = place;
  const components = {
    ...logComponents(directory, out.formats),
    readBuffers: new BufferPool({ bufferBytes: 1024 * 1024, maxIdle: 1 }),
  };
  const log = new Log(components, { onCorruption: out.salvage ? 'readonly' : 'fail' });
  try {
    const opened = await openedFor(log, place, out);
    if (!opened) {
      await emit(out.writer, { type: 'partition', partition, logStart: 0, logEnd: 0, gaps: [] });
      return 0;
    }
    const { logStart, logEnd } = log.offsets();
    const noted = (await readStoredManifest(directory, crc32c())).value?.gaps ?? [];
    const gaps = out.salvage ? await lostIn(log) : noted;
    for (const { from, to } of gaps) {
      if (!noted.some((gap) => gap.from <= from && gap.to >= to))
        out.lost.push(`${name}: offsets ${from} to ${to - 1} are damaged, and left out`);
    }
    await emit(out.writer, { type: 'partition', partition, logStart, logEnd, gaps });
    return await exportRecords(log, out);
  } finally {
    await log.close();
  }
}

/** False for a log that cannot be opened at all, which a salvage leaves out. */
async function openedFor(log: Log, { name }: Partition, { salvage, lost }: Out): Promise<boolean> {
  try {
    await log.open({ readOnly: true });
    return true;
  } catch (error) {
    if (!salvage || !SeglogError.is(error) || error.code === 'STORAGE') throw error;
    lost.push(`${name}: left out, because it cannot be opened: ${error.message}`);
    return false;
  }
}

/** The offsets that are known to be lost, and those that reading steps over. */
async function lostIn(log: Log): Promise<readonly { readonly from: number; readonly to: number }[]> {
  const { logStart, logEnd } = log.offsets();
  const lost: { readonly from: number; readonly to: number }[] = [];
  for (let next = logStart; next < logEnd; ) {
    const { gaps, nextOffset } = await log.read(next, { maxRecords: 1000, isolation: 'uncommitted' });
    for (const { from, to, reason } of gaps) if (reason === 'lost') lost.push({ from, to });
    if (nextOffset <= next) break;
    next = nextOffset;
  }
  return lost;
}

async function exportRecords(log: Log, { writer, terminal }: Out): Promise<number> {
  const { logStart, logEnd } = log.offsets();
  let records = 0;
  for (let next = logStart; next < logEnd; ) {
    terminal.signal.throwIfAborted();
    let full: Promise<void> | undefined;
    next = await log.scan(
      next,
      (cursor) => {
        full = emit(writer, { type: 'record', ...toJsonRecord(cursor) });
        records += 1;
        return full === undefined;
      },
      { isolation: 'uncommitted', to: logEnd },
    );
    await full;
    if (full === undefined) break;
  }
  return records;
}
