import {
  batchFrameCodec,
  crc32c,
  crcFrameCodec,
  fileIndex,
  Journal,
  MemoryDirectory,
  SeglogError,
  SlotFile,
} from '@seglog/core';
import { afterAll, expect, test } from 'vitest';
import { frameCodecConformance, readImage, SeededRandom, type StoreImage } from '../../src/index.js';
import { GOLDEN_MODES } from '../golden/golden-store.js';
import { failuresOf } from '../planted-runner.js';
import { judgeStore } from '../stores/judge-store.js';
import { smallStores } from '../stores/small-stores.js';
import { mutatedBytes } from './mutated-bytes.js';
import { leaveCounts, PLAN } from './search-plan.js';

const FUZZ_SEED = 20_260_100 + PLAN.seed;
const FRAMES = PLAN.scaled(1_000_000);
const FILES = PLAN.scaled(60_000);
const STORES = PLAN.scaled(1_000);
/** One input that takes longer hangs; what all inputs together hold at a time is bounded. */
const MAX_MS = 2_000;
const MAX_BYTES = 256 * 1024 * 1024;

let inputs = 0;
let slowestMs = 0;
let mostBytes = 0;

/** Runs inputs through a decoder and watches its time and its memory. */
async function fuzz(count: number, decode: (run: number) => Promise<void>): Promise<void> {
  for (let run = 0; run < count; run += 1) {
    const started = performance.now();
    await decode(run);
    slowestMs = Math.max(slowestMs, performance.now() - started);
    if (run % 1000 === 0) mostBytes = Math.max(mostBytes, process.memoryUsage().arrayBuffers);
    inputs += 1;
  }
}

/** Errors of the family are answers; anything else is a crash. */
async function answered(call: () => Promise<unknown>): Promise<void> {
  try {
    await call();
  } catch (error) {
    if (!SeglogError.is(error)) throw error;
  }
}

async function fileOf(
  name: string,
  bytes: Uint8Array,
  beside: StoreImage = new Map(),
): Promise<MemoryDirectory> {
  const directory = new MemoryDirectory();
  for (const [file, content] of [...beside, [name, bytes] as const]) {
    const writable = await directory.create(file);
    await writable.write(0, [content]);
    await writable.close();
  }
  return directory;
}

test.each([batchFrameCodec(), crcFrameCodec()])('frames of the codec $name', async (codec) => {
  const failures = await failuresOf((runner) =>
    frameCodecConformance(runner, codec.name, codec, { fuzzInputs: FRAMES, seed: FUZZ_SEED }),
  );
  expect(failures).toEqual([]);
  inputs += FRAMES;
});

test('index sidecars', async () => {
  const [store] = await smallStores({ settings: { indexIntervalBytes: 16 } });
  const [name = '', bytes = new Uint8Array()] =
    [...(store?.image ?? [])].find(([file]) => file.endsWith('.idx')) ?? [];
  const [base = '', id = ''] = name.replace(/^log\/|\.idx$/g, '').split('-');
  const random = new SeededRandom(FUZZ_SEED, 1);
  const facts = {
    id,
    baseOffset: Number(base),
    sealed: true,
    firstPosition: 128,
    endPosition: 1e6,
    nextOffset: 1e6,
  };
  const none = { recordCount: 0, minTimestampMs: 0, maxTimestampMs: 0, maxAppendTimeMs: 0, tombstones: 0 };
  await fuzz(FILES, async () => {
    const directory = await fileOf(`${base}-${id}.idx`, mutatedBytes(bytes, random));
    const segment = { ...facts, ...none, framesChecksum: 0, createdAtMs: 0 };
    const { index, coveredUpTo } = await fileIndex({ checksum: crc32c() })(directory).open(segment);
    expect(coveredUpTo).toBeLessThanOrEqual(segment.endPosition);
    await index.floor(3);
    await index.close();
  });
});

test('journals', async () => {
  const options = { prefix: 'MANIFEST', checksum: crc32c(), random: new SeededRandom(FUZZ_SEED, 2) };
  const root = new MemoryDirectory();
  const journal = await Journal.create(root, options, [{ a: 1 }]);
  for (let i = 0; i < 5; i += 1) await journal.append([{ edit: 'x'.repeat(i * 20) }]);
  await journal.close();
  const image = await readImage(root);
  const random = new SeededRandom(FUZZ_SEED, 3);
  await fuzz(FILES, async (run) => {
    const name = run % 8 === 0 ? 'CURRENT' : 'MANIFEST-1';
    const beside = new Map([...image].filter(([file]) => file !== name));
    const directory = await fileOf(name, mutatedBytes(image.get(name) ?? new Uint8Array(), random), beside);
    await answered(async () => (await Journal.open(directory, options)).journal.close());
  });
});

test('slot files', async () => {
  const root = new MemoryDirectory();
  const slots = new SlotFile(
    root,
    { name: 'S', checksum: crc32c() },
    { value: undefined, generation: 0, damaged: 0 },
  );
  for (let i = 0; i < 3; i += 1) await slots.write({ value: i, text: 'abc' }, { sync: true });
  await slots.close();
  const bytes = (await readImage(root)).get('S') ?? new Uint8Array();
  const random = new SeededRandom(FUZZ_SEED, 4);
  await fuzz(FILES, async () => {
    const directory = await fileOf('S', mutatedBytes(bytes, random));
    await answered(() => SlotFile.read(directory, 'S', crc32c()));
  });
});

test('whole stores, with every file changed', async () => {
  const random = new SeededRandom(FUZZ_SEED, 5);
  for (const store of await smallStores()) {
    await fuzz(STORES, async (run) => {
      const root = new MemoryDirectory();
      const log = await root.directory('log', { create: true });
      for (const [path, bytes] of store.image) {
        const home = path.startsWith('log/') ? log : root;
        const file = await home.create(path.replace('log/', ''));
        await file.write(0, [random.below(3) === 0 ? mutatedBytes(bytes, random) : bytes]);
        await file.close();
      }
      const mode = GOLDEN_MODES[run % GOLDEN_MODES.length] ?? 'default';
      const { met } = await judgeStore(root, { ...store.known, proven: 0 }, mode, store);
      expect(met).not.toBe('error');
    });
  }
});

afterAll(() => {
  expect(slowestMs).toBeLessThan(MAX_MS);
  expect(mostBytes).toBeLessThan(MAX_BYTES);
  expect(inputs).toBeGreaterThanOrEqual(PLAN.scaled(2_000_000));
  const line = `fuzz: ${inputs} inputs, the slowest took ${Math.ceil(slowestMs)} ms, ${mostBytes} bytes held at most`;
  leaveCounts('fuzz', { 'fuzz.inputs': inputs, 'fuzz.failures': 0 }, line);
});
