import { SeglogError } from '../contract/error.js';
import type { ProducerSnapshot } from '../producer/producer-snapshot.js';
import type { AppendQueue } from './append-queue.js';
import { writeProducerSnapshot } from './producer-file.js';
import type { WriteSideParts } from './write-side-parts.js';

/**
 * Sees to it that the manifest says that there are producers before the first stamp is written: a log that never saw one
 * is never searched for one. Where there is no room to say so, the stamped appends that wait are turned away.
 */
export async function prepareForProducers(
  { manifest }: Pick<WriteSideParts, 'manifest'>,
  queue: AppendQueue,
): Promise<void> {
  if (manifest.state.producers) return;
  await queue.exclusive(async () => {
    if (manifest.state.producers) return;
    try {
      await manifest.commit([{ type: 'producers' }]);
    } catch (cause) {
      if (!SeglogError.is(cause, 'STORAGE_FULL')) throw cause;
      queue.turnAway(({ options }) => options.producer !== undefined, cause);
    }
  });
}

/** A stamp that would not be written must not be promised. */
export function requireStamps({ components }: Pick<WriteSideParts, 'components'>): void {
  const { codec } = components;
  if (codec.guarantees.producer) return;
  throw new SeglogError('COMPOSITION', 'the frame codec carries no producer stamps; use the batch codec', {
    codec: codec.name,
  });
}

/** What is known of producers as of the end of what is written, `nextOffset`; undefined where there are none. */
export function producerSnapshot(
  { producers, manifest }: Pick<WriteSideParts, 'producers' | 'manifest'>,
  nextOffset: number,
): ProducerSnapshot | undefined {
  return manifest.state.producers ? producers.snapshot(nextOffset) : undefined;
}

/** Writes a snapshot whose records are durable, so that the next opening need not go through the log. */
export async function keepSnapshot(
  { components }: Pick<WriteSideParts, 'components'>,
  snapshot: ProducerSnapshot | undefined,
): Promise<void> {
  if (snapshot === undefined) return;
  // A snapshot saves a replay: that it could not be kept is no reason to fail.
  await writeProducerSnapshot(components.directory, snapshot, components.crc32c).catch(() => undefined);
}
