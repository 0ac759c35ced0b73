import { expect, test } from 'vitest';
import { crcFrameCodec, FrameCache, type Log, MemoryDirectory, SeglogError } from '../../src/index.js';
import {
  type Bench,
  type BenchLog,
  closeCleanly,
  filesOf,
  openOn,
  type Reads,
  record,
  watched,
} from './log-bench.js';

const RECORDS = 40;
const FRAME_BYTES = RECORDS * 1000;
/** Room for tables, and too little for the bytes of such a frame. */
const TABLES_ONLY = 64 * 1024;

const one = { maxRecords: 1 };
const textOf = (offset: number): string => `v${offset}`.padEnd(990 + (offset % 5), '.');

/** Frames of forty records of a kilobyte, sealed, each read often enough to be known. */
async function known(
  bench: Bench & { readonly frames?: number; readonly later?: boolean; readonly maxBytes?: number } = {},
): Promise<{ readonly opened: BenchLog; readonly reads: Reads; readonly cache: FrameCache }> {
  const { frames = 1, later = false, maxBytes = TABLES_ONLY, settings = {} } = bench;
  const reads = { bytes: [] };
  const cache = new FrameCache({ maxBytes });
  const root = watched(new MemoryDirectory(), reads, later);
  const opened = await openOn(root, { settings, parts: { frameCache: cache } });
  for (let from = 0; from < frames * RECORDS; from += RECORDS) {
    await opened.log.append(Array.from({ length: RECORDS }, (_, i) => record(textOf(from + i))));
  }
  await opened.log.roll();
  for (let from = 0; from < frames * RECORDS; from += RECORDS) {
    for (let again = 0; again < 3; again++) await opened.log.read(from, one);
  }
  return { opened, reads, cache };
}

async function textAt(log: Log, offset: number): Promise<string> {
  const { records } = await log.read(offset, one);
  expect(records.map((found) => found.offset)).toEqual([offset]);
  return new TextDecoder().decode(records[0]?.value ?? undefined);
}

/** The same by a scan that ends at its first record. */
async function lentAt(log: Log, offset: number): Promise<string> {
  let found = '';
  const next = await log.scan(offset, ({ offset: at, value }) => {
    expect(at).toBe(offset);
    found = new TextDecoder().decode(value ?? undefined);
    return false;
  });
  expect(next).toBe(offset + 1);
  return found;
}

const WAYS = { copied: textAt, lent: lentAt };
const EACH_WAY = (['copied', 'lent'] as const).flatMap((way) =>
  [false, true].map((later) => ({ way, later })),
);

/** Changes a byte of the first segment, below a log that has it open. */
async function flip({ directory }: BenchLog, position: number): Promise<void> {
  const [name = ''] = await filesOf(directory, '.log');
  const reader = await directory.openReader(name, { sealed: false, writtenBytes: () => position + 1 });
  const [byte = 0] = await reader.read(position, new Uint8Array(1));
  await reader.close();
  const file = await directory.open(name);
  await file.write(position, [Uint8Array.of(byte ^ 0x10)]);
  await file.close();
}

test.each(EACH_WAY)(
  'a record of a frame that was verified is read without the rest of it %j',
  async ({ way, later }) => {
    const { opened, reads } = await known({ frames: 3, later });
    reads.bytes.length = 0;
    for (let offset = 3 * RECORDS - 1; offset >= 0; offset--) {
      expect(await WAYS[way](opened.log, offset)).toBe(textOf(offset));
    }
    expect(reads.bytes).toHaveLength(3 * RECORDS);
    expect(Math.max(...reads.bytes)).toBeLessThan(4096);
    await closeCleanly(opened);
  },
);

test('scans that end at their first record bring its frame to mind, and find it in memory while there is room', async () => {
  const { opened, reads } = await known({ maxBytes: 9 * FRAME_BYTES });
  const { log } = opened;
  await log.append(Array.from({ length: RECORDS }, (_, i) => record(textOf(RECORDS + i))));
  await log.roll();
  for (let again = 0; again < 3; again++) await lentAt(log, RECORDS + again);
  reads.bytes.length = 0;
  for (let offset = 0; offset < 2 * RECORDS; offset++) expect(await lentAt(log, offset)).toBe(textOf(offset));
  expect(reads.bytes).toEqual([]);
  await closeCleanly(opened);
});

test.each([{ later: false }, { later: true }])(
  'a scan that goes on behind a record which was lent by itself gives every record once %j',
  async ({ later }) => {
    const { opened } = await known({ frames: 3, later });
    for (const to of [3 * RECORDS, RECORDS + 2, RECORDS]) {
      for (let from = 0; from < to; from += 7) {
        const found: number[] = [];
        expect(await opened.log.scan(from, ({ offset }) => found.push(offset), { to })).toBe(to);
        expect(found).toEqual(Array.from({ length: to - from }, (_, i) => from + i));
      }
    }
    await closeCleanly(opened);
  },
);

test('a visitor that reads on, or throws, keeps the record that it was lent', async () => {
  const { opened } = await known({ frames: 2 });
  const { log } = opened;
  const others: Promise<string>[] = [];
  await log.scan(7, (cursor) => {
    others.push(textAt(log, 9), lentAt(log, RECORDS + 3), lentAt(log, 8));
    expect(cursor.offset).toBe(7);
    expect(new TextDecoder().decode(cursor.value ?? undefined)).toBe(textOf(7));
    return false;
  });
  expect(await Promise.all(others)).toEqual([9, RECORDS + 3, 8].map(textOf));
  const refused = log.scan(5, () => {
    throw new Error('not this one');
  });
  await expect(refused).rejects.toThrow('not this one');
  expect(await lentAt(log, 5)).toBe(textOf(5));
  await closeCleanly(opened);
});

test('a scan that is aborted by the visitor of its first record rejects with the reason', async () => {
  const { opened } = await known();
  const control = new AbortController();
  const reason = new Error('enough');
  let seen = 0;
  const visit = (): void => {
    seen++;
    control.abort(reason);
  };
  await expect(opened.log.scan(3, visit, { signal: control.signal })).rejects.toBe(reason);
  expect(seen).toBe(1);
  await closeCleanly(opened);
});

test('records that lie beside each other are read together, up to the bounds', async () => {
  const { opened, reads } = await known();
  reads.bytes.length = 0;
  const some = await opened.log.read(7, { maxRecords: 9 });
  expect(some.records.map(({ offset }) => offset)).toEqual([7, 8, 9, 10, 11, 12, 13, 14, 15]);
  expect(some).toMatchObject({ nextOffset: 16, gaps: [] });
  const few = await opened.log.read(7, { maxRecords: 9, maxBytes: 3500 });
  expect(few.records.map(({ offset }) => offset)).toEqual([7, 8, 9]);
  expect(reads.bytes).toHaveLength(2);
  await closeCleanly(opened);
});

test.each([
  { longest: 20, records: 3000 },
  { longest: 150, records: 600 },
  { longest: 2000, records: 60 },
])(
  'records of up to $longest bytes are found from the file, one and several at once',
  async ({ longest, records }) => {
    const reads = { bytes: [] };
    const parts = { frameCache: new FrameCache({ maxBytes: TABLES_ONLY }) };
    const opened = await openOn(watched(new MemoryDirectory(), reads, false), { parts });
    const text = (offset: number): string => `v${offset}`.padEnd((offset * 7919) % longest, '.');
    await opened.log.append(Array.from({ length: records }, (_, offset) => record(text(offset))));
    await opened.log.roll();
    for (let again = 0; again < 3; again++) await opened.log.read(0, one);
    reads.bytes.length = 0;
    for (let offset = 0; offset < records; offset++) {
      expect(await textAt(opened.log, offset)).toBe(text(offset));
      expect(await lentAt(opened.log, offset)).toBe(text(offset));
      if (offset + 20 > records) continue;
      const found = await opened.log.read(offset, { maxRecords: 1 + (offset % 20), maxBytes: 4 * longest });
      const texts = found.records.map(({ value }) => new TextDecoder().decode(value ?? undefined));
      expect(texts).toEqual(texts.map((_, i) => text(offset + i)));
      expect(found.nextOffset).toBe(offset + texts.length);
    }
    expect(Math.max(...reads.bytes)).toBeLessThan(2 * 2048 + 9 * longest);
    await closeCleanly(opened);
  },
);

test.each(EACH_WAY)(
  'a byte that changes after its frame was verified is never returned %j',
  async ({ way, later }) => {
    const { opened } = await known({ later });
    const first = opened.log.maintenance.segments()[0]?.firstPosition ?? 0;
    let found = 0;
    for (let at = 64; at < FRAME_BYTES; at += 997) {
      await flip(opened, first + at);
      for (let offset = 0; offset < RECORDS; offset++) {
        const text = await WAYS[way](opened.log, offset).catch((error: unknown) => error);
        if (text === textOf(offset)) continue;
        expect(SeglogError.is(text, 'CORRUPT_SEGMENT'), `byte ${at}, offset ${offset}`).toBe(true);
        found++;
      }
      await flip(opened, first + at);
      for (let again = 0; again < 3; again++) expect(await textAt(opened.log, 0)).toBe(textOf(0));
    }
    expect(found).toBeGreaterThan(RECORDS);
    await closeCleanly(opened);
  },
);

test('a file that has lost its end is damage as well', async () => {
  const { opened } = await known();
  const [name = ''] = await filesOf(opened.directory, '.log');
  const file = await opened.directory.open(name);
  await file.truncate(20_000);
  await file.close();
  await expect(opened.log.read(RECORDS - 1, one)).rejects.toMatchObject({ code: 'CORRUPT_SEGMENT' });
  await closeCleanly(opened);
});

test('where nothing is verified, neither is a part of a frame', async () => {
  const { opened } = await known({ settings: { verify: 'never' } });
  const first = opened.log.maintenance.segments()[0]?.firstPosition ?? 0;
  await flip(opened, first + 30_000);
  const texts = await Promise.all(Array.from({ length: RECORDS }, (_, i) => textAt(opened.log, i)));
  expect(texts.filter((text, i) => text !== textOf(i))).toHaveLength(1);
  await closeCleanly(opened);
});

test('frames come into memory while there is room, and then if they are read again and again', async () => {
  const frames = 30;
  const { opened, reads, cache } = await known({ frames, maxBytes: 9 * FRAME_BYTES });
  const readsOf = async (offset: number): Promise<number> => {
    reads.bytes.length = 0;
    expect(await textAt(opened.log, offset)).toBe(textOf(offset));
    return reads.bytes.length;
  };
  expect(await readsOf(0)).toBe(0);
  expect(await readsOf(frames * RECORDS - 1)).toBe(1);
  let again = 0;
  while ((await readsOf(frames * RECORDS - 1 - (again % 7))) > 0) again++;
  expect(again).toBeGreaterThan(RECORDS);
  for (let offset = 0; offset < frames * RECORDS; offset += 3) {
    await textAt(opened.log, offset);
    expect(cache.bytes).toBeLessThanOrEqual(9 * FRAME_BYTES);
  }
  await closeCleanly(opened);
});

test('more frames than there is room for tables cost memory no more than that', async () => {
  const maxBytes = 16 * 1024;
  const { opened, cache } = await known({ frames: 30, maxBytes });
  for (let round = 0; round < 3; round++) {
    for (let offset = 0; offset < 30 * RECORDS; offset += 11) {
      expect(await textAt(opened.log, offset)).toBe(textOf(offset));
      expect(cache.bytes).toBeLessThanOrEqual(maxBytes);
    }
  }
  expect(cache.bytes).toBeGreaterThan(maxBytes / 2);
  await closeCleanly(opened);
});

test('records that are truncated away or rewritten are gone, however well their frames were known', async () => {
  const { opened, cache } = await known({ frames: 4, settings: { deleteDelayMs: 0 } });
  const { log } = opened;
  await log.maintenance.rewrite(
    log.maintenance.segments().filter(({ sealed }) => sealed),
    ({ offset }) => offset % 2 === 0,
  );
  expect((await log.read(1, one)).records[0]?.offset).toBe(2);
  await log.truncateAfter(50);
  await log.append([record('other')]);
  expect(await textAt(log, 51)).toBe('other');
  await log.deleteRecordsBefore(49);
  await expect(log.read(1, one).then((result) => result.records)).rejects.toMatchObject({
    code: 'OFFSET_OUT_OF_RANGE',
  });
  expect(cache.bytes).toBeLessThanOrEqual(TABLES_ONLY);
  await closeCleanly(opened);
});

test('records of a frame that was thinned out are found at and between their offsets', async () => {
  const { opened, reads } = await known({ frames: 4 });
  const { log } = opened;
  await log.maintenance.rewrite(
    log.maintenance.segments().filter(({ sealed }) => sealed),
    ({ offset }) => offset % 3 === 0,
  );
  for (let round = 0; round < 3; round++) {
    reads.bytes.length = 0;
    for (let offset = 0; offset < 4 * RECORDS - 3; offset++) {
      const next = Math.ceil(offset / 3) * 3;
      const { records, gaps } = await log.read(offset, one);
      const lent: number[] = [];
      await log.scan(offset, (cursor) => lent.push(cursor.offset) < 1, { to: next + 1 });
      expect(lent).toEqual([next]);
      expect(records.map((found) => found.offset)).toEqual([next]);
      expect(new TextDecoder().decode(records[0]?.value ?? undefined)).toBe(textOf(next));
      expect(gaps.length > 0).toBe(next > offset);
    }
  }
  // What lies between two frames belongs to neither, and is looked for.
  expect(reads.bytes.filter((bytes) => bytes < 4096).length).toBeGreaterThan(3 * RECORDS);
  await closeCleanly(opened);
});

test('frames that are read from their start only are kept and verified as a whole', async () => {
  const reads: Reads = { bytes: [] };
  const frameCache = new FrameCache({ maxBytes: TABLES_ONLY });
  const root = watched(new MemoryDirectory(), reads);
  const opened = await openOn(root, { parts: { frameCache, codec: crcFrameCodec() } });
  const texts = Array.from({ length: RECORDS }, (_, i) => `${i}`.padEnd(20_000, '.'));
  await opened.log.append(texts.map((text) => record(text)));
  await opened.log.roll();
  for (let round = 0; round < 4; round++) {
    reads.bytes.length = 0;
    for (const [offset, text] of texts.entries()) {
      expect(await WAYS[round % 2 === 0 ? 'copied' : 'lent'](opened.log, offset)).toBe(text);
    }
  }
  expect(reads.bytes.length).toBeLessThanOrEqual(RECORDS);
  expect(Math.max(...reads.bytes)).toBeLessThan(20_200);
  await flip(opened, 60_000);
  const damaged = await Promise.allSettled(texts.map((_, offset) => textAt(opened.log, offset)));
  expect(damaged.filter(({ status }) => status === 'rejected').length).toBeGreaterThan(0);
  const values = damaged.flatMap((read, i) => (read.status === 'fulfilled' ? [read.value === texts[i]] : []));
  expect(values.every(Boolean)).toBe(true);
  await closeCleanly(opened);
});

test('records with headers, and those that many ask for at the same time, are read as well', async () => {
  const { opened } = await known({ frames: 1, later: true });
  const { log } = opened;
  const headers = [{ name: 'h', value: new Uint8Array(3000) }];
  await log.append(Array.from({ length: 4 }, (_, i) => ({ ...record(textOf(RECORDS + i)), headers })));
  for (let again = 0; again < 4; again++) {
    const { records } = await log.read(RECORDS + 1, one);
    expect(records[0]?.headers[0]?.value).toHaveLength(3000);
  }
  await log.append(Array.from({ length: RECORDS }, (_, i) => record(textOf(RECORDS + 4 + i))));
  await textAt(log, RECORDS + 5);
  const texts = await Promise.all([7, 7, 8, 9].map((i) => textAt(log, RECORDS + i)));
  expect(texts).toEqual([7, 7, 8, 9].map((i) => textOf(RECORDS + i)));
  await closeCleanly(opened);
});
