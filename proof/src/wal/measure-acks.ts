import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { groupCommitModule, openEngine, preadModule, walModule } from 'seglog';

export interface AckTimes {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** How long appends wait that trickle in one by one, more often than the deadline of the group comes. */
export async function measureAcks(load: {
  readonly directory: string;
  readonly appends: number;
  readonly everyMs: number;
  readonly maxDelayMs: number;
}): Promise<AckTimes> {
  const directory = mkdtempSync(join(load.directory, 'acks-'));
  const { maxDelayMs } = load;
  const engine = await openEngine({
    modules: [preadModule(directory), groupCommitModule({ maxDelayMs }), walModule()],
  });
  try {
    const topic = await engine.createTopic('t', { partitions: 10 });
    const waits: Promise<number>[] = [];
    for (let i = 0; i < load.appends; i += 1) {
      const startedMs = performance.now();
      waits.push(topic.append({ value: i, partition: i % 10 }).then(() => performance.now() - startedMs));
      await setTimeout(load.everyMs);
    }
    const sorted = (await Promise.all(waits)).toSorted((a, b) => a - b);
    const at = (share: number): number =>
      sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
    return { p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1) };
  } finally {
    await engine.close();
    rmSync(directory, { recursive: true });
  }
}
