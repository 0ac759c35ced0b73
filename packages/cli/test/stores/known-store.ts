import { setTimeout } from 'node:timers/promises';
import { MemoryDirectory } from '@seglog/core';
import { readImage, type StoreImage } from '@seglog/testing';
import { type OpenWriter, openWriter } from '../../src/place/open-writer.js';

/** A store that was closed cleanly, and as it was when it was closed the time before. */
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
} as const;

/** Two topics, three partitions, several segments each, producers, and two writers one after the other. */
export async function knownStore(): Promise<KnownStore> {
  const medium = new MemoryDirectory();
  const first = await openWriter(medium, { settings: SETTINGS });
  await first.topics.createTopic('flights', { partitions: 2 });
  await fill(first, 0);
  await setTimeout(WATERMARK_MS * 4);
  await first.close();
  const older = await readImage(medium);
  const second = await openWriter(medium, { settings: SETTINGS });
  await second.topics.createTopic('orders', { partitions: 1 });
  await fill(second, 1);
  await setTimeout(WATERMARK_MS * 4);
  await second.close();
  return { image: await readImage(medium), older };
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
