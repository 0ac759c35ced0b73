import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { batchFrameCodec, codecModule, openEngine, preadModule, SeglogError } from 'seglog';
import { textFrameCodec } from './text-frame-codec.js';

const directory = await mkdtemp(join(tmpdir(), 'seglog-text-'));

/** One line makes it the codec of every new segment. */
async function write(): Promise<void> {
  const engine = await openEngine({ modules: [preadModule(directory), codecModule(textFrameCodec())] });
  const rooms = await engine.createTopic('rooms', { partitions: 1 });
  await rooms.append({ key: 'hall', value: { celsius: 21.4 }, timestampMs: 1000 });
  await rooms.append({ key: 'attic', value: { celsius: 26.1 }, timestampMs: 2000 });
  await rooms.append({ key: 'hall', value: null, timestampMs: 3000 });
  await engine.close();
}

/** Behind the header of the segment there is text. */
async function show(): Promise<void> {
  const names = await readdir(directory, { recursive: true });
  const segment = names.find((name) => name.endsWith('.log')) ?? '';
  const frames = (await readFile(join(directory, segment))).subarray(128);
  console.log(frames.toString('latin1').replaceAll('\0', '').trimEnd());
}

/** The header of a segment says which codec it needs: an engine without it says so at once. */
async function openWithoutCodec(): Promise<void> {
  try {
    await (await openEngine({ modules: [preadModule(directory)] })).close();
  } catch (error) {
    if (!SeglogError.is(error, 'COMPOSITION')) throw error;
    console.log(`Without the codec: ${error.message}`);
  }
}

/** New segments go on as batches; the old ones are still read. */
async function readBesideBatches(): Promise<void> {
  const codecs = codecModule(batchFrameCodec(), [textFrameCodec()]);
  const engine = await openEngine({ modules: [preadModule(directory), codecs] });
  const rooms = engine.topic<{ celsius: number }>('rooms');
  const { records } = await rooms.read(0, 0);
  for (const { offset, key, value } of records)
    console.log(`offset ${offset}: ${key} ${JSON.stringify(value)}`);
  await engine.close();
}

try {
  await write();
  await show();
  await openWithoutCodec();
  await readBesideBatches();
} finally {
  await rm(directory, { recursive: true });
}
