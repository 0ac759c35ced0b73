import type { RecoveryReport } from '@seglog/core';
import type { PreadDirectory } from '@seglog/fs-pread';
import { openWriter } from '../place/open-writer.js';

/** What a repair did to one partition; or why it could not be opened. */
export interface RepairedLog {
  readonly name: string;
  readonly report: RecoveryReport | undefined;
  readonly failure: string | undefined;
}

/** Opens every partition as a writer does, with the recovery that belongs to it, and closes the store cleanly. */
export async function repairStore(
  disk: PreadDirectory,
  onCorruption: 'fail' | 'salvage',
): Promise<readonly RepairedLog[]> {
  const writer = await openWriter(disk, { onCorruption });
  try {
    await writer.topics.openAll();
    return writer.topics.topics().flatMap(({ name: topic, partitions, failures }) =>
      Array.from({ length: partitions }, (_, partition) => {
        const name = `${topic}/${partition}`;
        const failure = failures.get(partition);
        const said = failure === undefined ? undefined : messageOf(failure);
        return { name, report: writer.recoveries.get(name), failure: said };
      }),
    );
  } finally {
    await writer.close();
  }
}

/** The error of a partition wraps what went wrong. */
function messageOf(failure: unknown): string {
  if (!(failure instanceof Error)) return String(failure);
  return failure.cause instanceof Error ? failure.cause.message : failure.message;
}
