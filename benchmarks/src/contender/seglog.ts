import {
  crc32c,
  defaultComponents,
  Log,
  type RecordCursor,
  type StorageDirectory,
  SystemClock,
  SystemRandom,
  syncAlways,
  syncNever,
  WriterSession,
} from '@seglog/core';
import { loadMmapIo, loadSegmap, MmapDirectory } from '@seglog/fs-mmap';
import { PreadDirectory } from '@seglog/fs-pread';
import type { Contender, Place, Store, Tally } from './contender.js';

const READS = ['scanLent', 'scanObjects', 'read', 'reopen'] as const;

/** Seglog as it comes: batch frames, crc32c, file index, manifest, session; only the sync policy follows the workload. */
export const seglog: Contender = {
  name: 'seglog',
  kind: 'seglog',
  offers: ['append', ...READS],
  open: (place) => openSeglog(place, new PreadDirectory(place.directory)),
};

/** The same, with sealed segments read from memory maps. It appends as the other does, so it only reads. */
export const seglogMmap: Contender = {
  name: 'seglog mmap',
  kind: 'seglog',
  offers: ['scanLent', 'scanObjects', 'read'],
  open: (place) => openSeglog(place, new MmapDirectory(new PreadDirectory(place.directory))),
  missing: () => ((loadSegmap() ?? loadMmapIo()) ? undefined : 'no memory map can be loaded'),
};

async function openSeglog({ durable }: Place, root: StorageDirectory): Promise<Store> {
  const session = await WriterSession.open(root, {
    clock: new SystemClock(),
    random: new SystemRandom(),
    checksum: crc32c(),
  });
  const directory = await root.directory('log', { create: true });
  const syncPolicy = durable ? syncAlways() : syncNever();
  const log = new Log({ ...defaultComponents(directory, session), syncPolicy });
  await log.open();
  return {
    append: ({ inputs }) => log.append(inputs),
    settle: async () => {
      await log.roll();
    },
    scanLent: () => scanLent(log),
    scanObjects: () => scanObjects(log),
    read: (offset) => readOne(log, offset),
    close: async () => {
      await log.close();
      await session.close({ clean: true });
      await root.close();
    },
  };
}

async function scanLent(log: Log): Promise<Tally> {
  let [records, firstBytes] = [0, 0];
  await log.scan(0, (cursor: RecordCursor) => {
    records++;
    firstBytes += cursor.source[cursor.valuePosition] ?? 0;
  });
  return { records, firstBytes };
}

async function scanObjects(log: Log): Promise<Tally> {
  const tally = { records: 0, firstBytes: 0 };
  const { logEnd } = log.offsets();
  for (let from = 0; from < logEnd; ) {
    const { records, nextOffset } = await log.read(from);
    for (const { value } of records) tally.firstBytes += value?.[0] ?? 0;
    tally.records += records.length;
    from = nextOffset;
  }
  return tally;
}

async function readOne(log: Log, offset: number): Promise<number> {
  const { records } = await log.read(offset, { maxRecords: 1 });
  const [record] = records;
  if (record === undefined || record.offset !== offset) throw new Error(`no record at offset ${offset}`);
  return record.value?.[0] ?? 0;
}
