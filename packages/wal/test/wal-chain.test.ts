import {
  batchFrameCodec,
  crc32c,
  type LogEvent,
  MemoryDirectory,
  openStoredSegment,
  type StorageDirectory,
  segmentFileName,
  walkStoredFrames,
} from '@seglog/core';
import { copyDirectory, expectCode } from '@seglog/testing';
import { blake3 } from 'hash-wasm';
import { describe, expect, test } from 'vitest';
import { loadBlake3 } from '../src/blake3.js';
import { payloadOf } from './studies/wal-study.js';
import { openWal, type WalBench, type WalMakings } from './wal-bench.js';

const CHAINED: WalMakings = { settings: { chain: 'blake3' } };

/** So many sealed segments with two records each, and an active one. */
async function segments(count: number, makings = CHAINED): Promise<MemoryDirectory> {
  const root = new MemoryDirectory();
  const bench = await openWal(root, makings);
  await addSegments(bench, count);
  await bench.close();
  return root;
}

async function addSegments({ wal }: WalBench, count: number): Promise<void> {
  for (let i = 0; i < count; i += 1) {
    await wal.append(payloadOf(i, 60));
    await wal.append(payloadOf(i, 450));
    await wal.roll();
  }
  await wal.whenLinked();
}

function walOf(root: StorageDirectory): Promise<StorageDirectory> {
  return root.directory('wal', { create: false });
}

async function sealedOf(directory: StorageDirectory): Promise<readonly string[]> {
  const names = (await directory.list()).map(({ name }) => name);
  return names
    .filter((name) => name.endsWith('.log'))
    .toSorted()
    .slice(0, -1);
}

async function bytesOf(directory: StorageDirectory, name: string): Promise<Uint8Array> {
  const bytes = (await directory.sizeOf(name)) ?? 0;
  const reader = await directory.openReader(name, { sealed: true, writtenBytes: () => bytes });
  const found = (await reader.read(0, new Uint8Array(bytes))).slice();
  await reader.close();
  return found;
}

async function write(
  directory: StorageDirectory,
  name: string,
  position: number,
  bytes: Uint8Array,
): Promise<void> {
  const file = await directory.open(name);
  await file.write(position, [bytes]);
  await file.sync();
  await file.close();
}

async function numbersOf({ wal }: WalBench): Promise<number[]> {
  const found: number[] = [];
  await wal.replay(({ payload }) => found.push(Number.parseInt(Buffer.from(payload).toString(), 10)));
  return found;
}

async function expectBroken(root: MemoryDirectory): Promise<void> {
  await expectCode('CORRUPT_SEGMENT', () => openWal(root, CHAINED));
}

test('the hash is the one that everybody computes', async () => {
  const hasher = await loadBlake3();
  const directory = new MemoryDirectory();
  const file = await directory.create('f');
  const hex = async (): Promise<string> =>
    Buffer.from((await hasher.ofFile(directory, 'f'))?.hash ?? []).toString('hex');
  expect(await hex()).toBe('af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262');
  await file.write(0, [Uint8Array.of(0)]);
  expect(await hex()).toBe('2d3adedff11b61f14c886e35afa036736dcd87a74d27b5c1510225d0f592e213');
  const large = Buffer.alloc(5_000_001, 'abcdefg');
  await file.write(0, [large]);
  const [one, two] = await Promise.all([hex(), hex()]);
  expect([one, two]).toEqual([await blake3(large), await blake3(large)]);
  expect(await hasher.ofFile(directory, 'g')).toBeUndefined();
});

describe('the chain of hashes', () => {
  test('says of each sealed segment what the bytes of its file say', async () => {
    const root = await segments(3);
    const bench = await openWal(root, CHAINED);
    const directory = await walOf(root);
    const sealed = await sealedOf(directory);
    expect(bench.wal.links().map(segmentFileName)).toEqual(sealed);
    for (const [i, link] of bench.wal.links().entries()) {
      const bytes = await bytesOf(directory, sealed[i] ?? '');
      expect(Buffer.from(link.hash).toString('hex')).toBe(await blake3(bytes));
      expect(link.bytes).toBe(bytes.length);
    }
    await bench.close();
  });

  test('goes on when the log is opened again, and its links are no records', async () => {
    const root = await segments(2);
    const again = await openWal(root, CHAINED);
    const before = again.wal.links();
    await addSegments(again, 2);
    expect(again.wal.links().slice(0, 2)).toEqual(before);
    expect(again.wal.links()).toHaveLength(4);
    expect(await numbersOf(again)).toEqual([0, 0, 1, 1, 0, 0, 1, 1]);
    await again.close();
    const plain = await openWal(root);
    expect(plain.wal.links()).toEqual([]);
    expect(await numbersOf(plain)).toEqual([0, 0, 1, 1, 0, 0, 1, 1]);
    await plain.close();
  });

  test('covers each link by the hash of a later segment', async () => {
    const root = await segments(3);
    const directory = await walOf(root);
    const [first, second] = await sealedOf(directory);
    const hash = Buffer.from(await blake3(await bytesOf(directory, first ?? '')), 'hex');
    expect(Buffer.from(await bytesOf(directory, second ?? '')).includes(hash)).toBe(true);
  });

  test('takes in segments that were sealed without it', async () => {
    const root = await segments(2, {});
    const bench = await openWal(root, CHAINED);
    expect(bench.wal.links()).toHaveLength(2);
    await bench.close();
    await write(await walOf(root), (await sealedOf(await walOf(root)))[0] ?? '', 300, Uint8Array.of(255));
    await expectBroken(root);
  });

  test('lets go of segments that are released', async () => {
    const root = await segments(3);
    const bench = await openWal(root, CHAINED);
    await bench.wal.release(bench.wal.links()[2]?.baseOffset ?? 0);
    expect(bench.wal.links()).toHaveLength(1);
    await addSegments(bench, 1);
    await bench.close();
    const again = await openWal(root, CHAINED);
    expect(again.wal.links()).toHaveLength(2);
    await again.close();
  });
});

describe('whoever changes a sealed segment is noticed', () => {
  test('whatever byte of it', async () => {
    const root = await segments(2);
    const [name = ''] = await sealedOf(await walOf(root));
    const { length } = await bytesOf(await walOf(root), name);
    for (let position = 0; position < length; position += 41) {
      const copy = await copyDirectory(root);
      const directory = await walOf(copy);
      const [byte = 0] = (await bytesOf(directory, name)).subarray(position);
      await write(directory, name, position, Uint8Array.of(byte ^ 4));
      await expectBroken(copy);
    }
  });

  test('with right checksums too, which nobody else notices', async () => {
    const root = await segments(2);
    const directory = await walOf(root);
    const [name = ''] = await sealedOf(directory);
    await forgeFirstRecord(directory, name);
    const trusting = await openWal(root);
    expect(await numbersOf(trusting)).toEqual([777, 0, 1, 1]);
    await trusting.close();
    await expectBroken(root);
  });

  test('behind its end, where nobody reads', async () => {
    const root = await segments(2);
    const directory = await walOf(root);
    const [name = ''] = await sealedOf(directory);
    await write(directory, name, (await directory.sizeOf(name)) ?? 0, Uint8Array.of(1));
    await expectBroken(root);
  });

  test('and who salvages is told, and goes on', async () => {
    const root = await segments(2);
    const directory = await walOf(root);
    const [name = ''] = await sealedOf(directory);
    await forgeFirstRecord(directory, name);
    const events: LogEvent[] = [];
    const observer = { observe: (event: LogEvent) => events.push(event) };
    const settings = { chain: 'blake3', onCorruption: 'salvage' } as const;
    const bench = await openWal(root, { settings, parts: { observer } });
    expect(events).toContainEqual({ type: 'corruption', log: '', file: name, position: 0, offset: 0 });
    expect(await numbersOf(bench)).toEqual([777, 0, 1, 1]);
    await bench.close();
  });
});

/** Puts another record in the place of the first one, by a writer that knows all that the log's own writer knows. */
async function forgeFirstRecord(directory: StorageDirectory, name: string): Promise<void> {
  const known = {
    codecs: new Map([[1, batchFrameCodec()]]),
    checksums: new Map([[1, crc32c()]]),
    crc32c: crc32c(),
  };
  const stored = await openStoredSegment(directory, name, known);
  const { codec } = stored;
  if (codec === undefined) throw new Error('the segment has a codec');
  let forged: { readonly position: number; readonly frame: Uint8Array } | undefined;
  await walkStoredFrames(stored, (piece) => {
    if (piece.kind !== 'frame') return false;
    const { source, at, header, position } = piece;
    const cursor = codec.createCursor();
    cursor.load(source, at, header);
    cursor.next();
    const { key, value } = cursor;
    const records = [{ key: key?.slice() ?? null, value: payloadOf(777, value?.length ?? 0) }];
    const frame = new Uint8Array(header.frameBytes);
    const { baseOffset, epoch, appendTimeMs, minTimestampMs, maxTimestampMs, stableUpTo, tombstones } =
      header;
    const facts = { baseOffset, epoch, appendTimeMs, minTimestampMs, maxTimestampMs, stableUpTo, tombstones };
    codec.encode({ ...facts, records, count: 1, offsets: undefined, producer: undefined }, frame, 0);
    forged = { position, frame };
    return false;
  });
  await stored.reader.close();
  if (forged !== undefined) await write(directory, name, forged.position, forged.frame);
}
