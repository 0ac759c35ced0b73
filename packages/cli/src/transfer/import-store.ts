import {
  type KnownFormats,
  knownFormats,
  payloadBytes,
  restoreLog,
  SeglogError,
  type Serde,
  type StorageDirectory,
  type StoredRecord,
  type TopicOptions,
} from '@seglog/core';
import { type MakePartition, openWriter } from '../place/open-writer.js';
import { BadLine, type TransferLine, toStoredRecord } from './transfer-lines.js';
import type { TransferReader } from './transfer-reader.js';

/** Payload after which a frame is full. */
const FRAME_BYTES = 64 * 1024;
const FRAME_RECORDS = 1000;

export interface ImportCounts {
  readonly topics: number;
  readonly partitions: number;
  readonly records: number;
}

interface Counting {
  topics: number;
  partitions: number;
  records: number;
}

/** Reads an export to its end and counts it, so that what is wrong with it shows before anything is written. `present` are the topics that are there. */
export async function checkTransfer(
  reader: TransferReader,
  present: ReadonlySet<string>,
): Promise<ImportCounts> {
  const counts: Counting = { topics: 0, partitions: 0, records: 0 };
  const { topics } = await reader.take('seglog-export');
  while (counts.topics < topics) {
    const { name, partitions } = await reader.take('topic');
    if (present.has(name)) throw topicExists(name);
    for (let partition = 0; partition < partitions; partition += 1) {
      const header = await partitionNumbered(partition, reader);
      for await (const records of partitionOf(reader, counts, header)) void records;
    }
    counts.topics += 1;
  }
  await requireEnd(reader, counts);
  return counts;
}

/**
 * Makes topics of an export in a data root. A topic is there whole or not at all: what is cut short leaves only what the next
 * opening removes.
 */
export async function importStore(
  disk: StorageDirectory,
  reader: TransferReader,
  formats: KnownFormats = knownFormats(),
): Promise<ImportCounts> {
  const counts: Counting = { topics: 0, partitions: 0, records: 0 };
  const { topics } = await reader.take('seglog-export');
  let partition = 0;
  const make: MakePartition = async (components, settings) => {
    const header = await partitionNumbered(partition, reader);
    partition += 1;
    const batches = partitionOf(reader, counts, header);
    await restoreLog(components, settings, { ...header, batches });
  };
  const writer = await openWriter(disk, { make, formats });
  try {
    while (counts.topics < topics) {
      const { name, partitions, config } = await reader.take('topic');
      partition = 0;
      await writer.topics.createTopic(name, { partitions, ...optionsOf(config) });
      counts.topics += 1;
    }
    await requireEnd(reader, counts);
  } finally {
    await writer.close();
  }
  return counts;
}

function topicExists(topic: string): SeglogError {
  return new SeglogError('TOPIC_EXISTS', 'there is a topic of that name', { topic });
}

/** The partitions of a topic stand in order: they are made in order. */
async function partitionNumbered(
  number: number,
  reader: TransferReader,
): Promise<Extract<TransferLine, { readonly type: 'partition' }>> {
  const header = await reader.take('partition');
  if (header.partition !== number)
    throw new BadLine(reader.line, `it is about partition ${header.partition}, and ${number} belongs there`);
  return header;
}

/** The records that follow the line of a partition, in batches that a frame may hold. */
async function* partitionOf(
  reader: TransferReader,
  counts: Counting,
  {
    partition,
    logStart,
    logEnd,
  }: { readonly partition: number; readonly logStart: number; readonly logEnd: number },
): AsyncGenerator<readonly StoredRecord[]> {
  let batch: StoredRecord[] = [];
  let bytes = 0;
  let nextOffset = logStart;
  for (let line = await reader.peek(); line?.type === 'record'; line = await reader.peek()) {
    const record = toStoredRecord(await reader.take('record'));
    if (record.offset < nextOffset || record.offset >= logEnd)
      throw new BadLine(
        reader.line,
        `offset ${record.offset} does not follow ${nextOffset - 1} below ${logEnd} in partition ${partition}`,
      );
    nextOffset = record.offset + 1;
    counts.records += 1;
    batch.push(record);
    bytes += payloadBytes(record);
    if (bytes < FRAME_BYTES && batch.length < FRAME_RECORDS) continue;
    yield batch;
    batch = [];
    bytes = 0;
  }
  if ((await reader.peek()) === undefined)
    throw new BadLine(reader.line, 'the export ends before its end line');
  if (batch.length > 0) yield batch;
  counts.partitions += 1;
}

async function requireEnd(reader: TransferReader, counts: Counting): Promise<void> {
  const { records } = await reader.take('end');
  if (records !== counts.records)
    throw new BadLine(reader.line, `${counts.records} records came, not ${records}`);
}

/** Serdes are kept by name: the command never reads what records mean. */
function optionsOf(config: Readonly<Record<string, unknown>>): TopicOptions<unknown, unknown> {
  const { keySerde, valueSerde, cleanupPolicy, cleanup, settings } = config;
  const given = {
    key: serdeNamed(keySerde),
    value: serdeNamed(valueSerde),
    cleanupPolicy,
    cleanup,
    settings,
  };
  return given as TopicOptions<unknown, unknown>;
}

function serdeNamed(name: unknown): Serde<unknown> | undefined {
  if (typeof name !== 'string') return undefined;
  return { name, serialize: refuseToRead, deserialize: refuseToRead };
}

function refuseToRead(): never {
  throw new TypeError('the command reads and writes bytes only');
}
