import type { Log, RecordCursor } from '@seglog/core';
import { loadMmapIo, loadSegmap } from '@seglog/fs-mmap';
import type { Contender, Store, Tally } from './contender.js';
import { blocking, crtChecksum, mmap, type OwnChoices, type OwnLog, openOwnLog } from './own-log.js';

const READS = ['scanLent', 'scanObjects', 'read', 'reopen'] as const;

/** Seglog as it comes: batch frames, crc32c, file index, manifest, session; only the sync policy follows the workload. */
export const seglog: Contender = variant('seglog', {});

/** The same, with sealed segments read from memory maps. It appends as the other does, so it only reads. */
export const seglogMmap: Contender = {
  ...variant('seglog mmap', { reader: mmap }),
  offers: ['scanLent', 'scanObjects', 'read'],
  missing: () => ((loadSegmap() ?? loadMmapIo()) ? undefined : 'no memory map can be loaded'),
};

/** The same, with single records lent where they lie, as the peers do that map their files. */
export const seglogLent: Contender = {
  ...variant('seglog lent', { reader: mmap }, lendOne),
  offers: ['read'],
  missing: () => seglogMmap.missing?.(),
};

/** The same, with an event loop that stands still for each sync, as it does with the synchronous peers. */
export const seglogBlocking: Contender = {
  ...variant('seglog blocking', { reader: blocking }),
  offers: ['appendDurably'],
};

/** The same, with memory maps, single records lent, and checksums of a faster native function: the files are the same. */
export const seglogCrt: Contender = {
  ...variant('seglog crt', {}),
  offers: ['append', ...READS],
  missing: () => (crtChecksum() ? undefined : 'aws-crt cannot be loaded'),
  open: (place) => variant('seglog crt', crtChoices(), lendOne).open(place),
};

export function crtChoices(): OwnChoices {
  const checksum = crtChecksum();
  return { reader: mmap, parts: checksum && { checksum } };
}

/** Seglog with other parts than the defaults. */
export function variant(name: string, choices: OwnChoices, read: typeof readOne = readOne): Contender {
  return {
    name,
    kind: 'seglog',
    offers: ['append', 'follow', ...READS],
    open: async (place) => {
      const own = await openOwnLog(place, choices);
      return { ...storeOf(own), read: (offset) => read(own.log, offset) };
    },
  };
}

function storeOf({ log, close }: OwnLog): Omit<Store, 'read'> {
  return {
    append: ({ inputs }) => log.append(inputs),
    settle: async () => {
      await log.roll();
    },
    scanLent: () => scanLent(log),
    scanObjects: () => scanObjects(log),
    follow: () => log.tail('latest')[Symbol.asyncIterator](),
    close,
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

async function lendOne(log: Log, offset: number): Promise<number> {
  let first: number | undefined;
  await log.scan(offset, (cursor) => {
    if (cursor.offset === offset) first = cursor.source[cursor.valuePosition] ?? 0;
    return false;
  });
  if (first === undefined) throw new Error(`no record at offset ${offset}`);
  return first;
}
