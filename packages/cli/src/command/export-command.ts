import {
  BufferPool,
  crc32c,
  type KnownFormats,
  Log,
  readStoredManifest,
  type StorageDirectory,
} from '@seglog/core';
import { EXIT } from '../place/exit-code.js';
import { CODEC_OPTION, formatsGiven } from '../place/load-formats.js';
import { logComponents } from '../place/log-components.js';
import { openStore } from '../place/open-place.js';
import { type StoreLog, storeLogs } from '../place/store-logs.js';
import { LineWriter } from '../terminal/line-writer.js';
import type { Terminal } from '../terminal/terminal.js';
import { toJsonRecord } from '../text/record-json.js';
import type { TransferLine } from '../transfer/transfer-lines.js';
import type { CommandSpec } from './command-spec.js';
import { unknownLog } from './dump-command.js';
import { textGiven } from './given.js';

export const exportCommand: CommandSpec = {
  name: 'export',
  summary: 'every record as NDJSON, for import or for other programs',
  description:
    'Writes topics, partitions and records as lines of JSON: offsets with their gaps, timestamps, keys, values and headers, bytes ' +
    'that are no text as base64. seglog import makes the same of it again. Takes no lock: beside a writer it exports what is there ' +
    'when each partition has its turn.',
  words: [{ name: '<dir>', description: 'a data root' }],
  options: [{ flags: '--topic <name>', description: 'only this topic' }, CODEC_OPTION],
  example: 'seglog export ./data --topic flights',
  exits: [],
  async run({ terminal, words, options }) {
    const formats = await formatsGiven(options);
    const place = await openStore(words[0] ?? '.');
    const writer = new LineWriter(terminal.output);
    try {
      const only = textGiven(options, 'topic');
      const logs = (await storeLogs(place)).filter(({ topic }) => topic !== undefined);
      const chosen = logs.filter(({ topic }) => only === undefined || topic?.name === only);
      if (chosen.length === 0 && only !== undefined) throw unknownLog(only);
      const records = await exportLogs(chosen, { writer, terminal, formats });
      await emit(writer, { type: 'end', records });
      await writer.flush();
      return EXIT.ok;
    } finally {
      await place.close();
    }
  },
};

interface Out {
  readonly writer: LineWriter;
  readonly terminal: Terminal;
  readonly formats: KnownFormats;
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
    if (directory === undefined) throw unknownLog(name);
    if (partition === 0) {
      const { name: topicName, partitions, config } = topic;
      await emit(writer, { type: 'topic', name: topicName, partitions, config });
    }
    records += await exportLog({ directory, partition }, out);
  }
  return records;
}

async function exportLog(
  { directory, partition }: { readonly directory: StorageDirectory; readonly partition: number },
  { writer, terminal, formats }: Out,
): Promise<number> {
  const log = new Log({
    ...logComponents(directory, formats),
    readBuffers: new BufferPool({ bufferBytes: 1024 * 1024, maxIdle: 1 }),
  });
  try {
    const { gaps } = await log.open({ readOnly: true });
    const manifest = await readStoredManifest(directory, crc32c());
    const known = manifest.value?.gaps ?? gaps;
    const { logStart, logEnd } = log.offsets();
    await emit(writer, { type: 'partition', partition, logStart, logEnd, gaps: known });
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
  } finally {
    await log.close();
  }
}
