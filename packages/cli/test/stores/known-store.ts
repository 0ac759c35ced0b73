import { setTimeout } from 'node:timers/promises';
import { Cleanup } from '@seglog/compaction';
import { MemoryDirectory, SystemClock } from '@seglog/core';
import { copyDirectory, readImage, type StoreImage } from '@seglog/testing';
import { type OpenWriter, openWriter } from '../../src/place/open-writer.js';

/** A store, and as it was when it was closed the time before. */
export interface KnownStore {
  readonly image: StoreImage;
  readonly older: StoreImage;
}

/** Marks are noted so long after a sync. */
const WATERMARK_MS = 5;
const SETTINGS = {
  maxSegmentBytes: 4096,
  indexIntervalBytes: 256,
  preallocateBytes: 0,
  watermarkDelayMs: 0,
  deleteDelayMs: 0,
} as const;

/** Two topics, three partitions, several segments each, producers, and two writers one after the other. Closed cleanly. */
export async function knownStore(): Promise<KnownStore> {
  const medium = new MemoryDirectory();
  await firstWriter(medium);
  const older = await readImage(medium);
  const second = await openWriter(medium, { settings: SETTINGS });
  await secondWriter(second);
  await second.close();
  return { image: await readImage(medium), older };
}

/**
 * The same, with a write-ahead log since the second writer, a pass of compaction, and left behind by a killed process: the
 * write-ahead log holds what the second writer wrote.
 */
export async function killedStore(): Promise<KnownStore> {
  const medium = new MemoryDirectory();
  await firstWriter(medium);
  await medium.directory('wal', { create: true });
  const older = await readImage(medium);
  const second = await openWriter(medium, { settings: SETTINGS });
  await secondWriter(second);
  const cleanup = new Cleanup(second.topics, { clock: new SystemClock() });
  await cleanup.compact('flights');
  await cleanup.close();
  await setTimeout(WATERMARK_MS * 4);
  const left = await copyDirectory(medium);
  await second.close();
  return { image: await readImage(left), older };
}

async function firstWriter(medium: MemoryDirectory): Promise<void> {
  const first = await openWriter(medium, { settings: SETTINGS });
  await first.topics.createTopic('flights', { partitions: 2 });
  await fill(first, 0);
  await setTimeout(WATERMARK_MS * 4);
  await first.close();
}

async function secondWriter(second: OpenWriter): Promise<void> {
  await second.topics.createTopic('orders', { partitions: 1 });
  await fill(second, 1);
  await setTimeout(WATERMARK_MS * 4);
}

async function fill({ topics }: OpenWriter, round: number): Promise<void> {
  for (const { name, partitions } of topics.topics()) {
    for (let partition = 0; partition < partitions; partition += 1) {
      const log = await topics.log(name, partition);
      for (let i = 0; i < 30; i += 1) {
        const value = new TextEncoder().encode(`${name} ${round} ${i} ${'x'.repeat((i * 37) % 200)}`);
        await log.append([{ key: value.subarray(0, 4), value }, { value: null }]);
      }
      const id = `producer-${round}`;
      await log.append([{ value: Uint8Array.of(1) }], { producer: { id, epoch: 0, sequence: 0 } });
    }
  }
}
