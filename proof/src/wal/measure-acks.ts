import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { groupCommitModule, type LogEvent, observerModule, openEngine, preadModule, walModule } from 'seglog';

/** When appends come: one by one every millisecond, many at once after a pause, or as it happens. */
export type Arrival = 'trickle' | 'bursts' | 'random';

export interface AckTimes {
  /** How long appends waited, in milliseconds, at each of {@link PERCENTILES}. */
  readonly waits: readonly number[];
  /** The same beyond what is promised: max(deadline, rest of the sync in flight) + one sync; 0 for those within. */
  readonly beyond: readonly number[];
}

export const PERCENTILES = [0.1, 0.5, 0.9, 0.99, 0.999, 1] as const;

interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** How long appends wait under a deadline, however they arrive, and how long at most they should have. */
export async function measureAcks(load: {
  readonly directory: string;
  readonly arrival: Arrival;
  readonly appends: number;
  readonly maxDelayMs: number;
}): Promise<AckTimes> {
  const directory = mkdtempSync(join(load.directory, 'acks-'));
  const { maxDelayMs } = load;
  const syncs: Span[] = [];
  const observe = (event: LogEvent): void => {
    if (event.type !== 'synced' || event.log !== 'wal') return;
    const toMs = performance.now();
    syncs.push({ fromMs: toMs - event.durationMs, toMs });
  };
  const engine = await openEngine({
    modules: [
      preadModule(directory),
      groupCommitModule({ maxDelayMs }),
      walModule(),
      observerModule({ observe }),
    ],
  });
  try {
    const topic = await engine.createTopic('t', { partitions: 10 });
    const waits: Promise<Span>[] = [];
    for (let i = 0; i < load.appends; i += 1) {
      const fromMs = performance.now();
      const append = topic.append({ value: i, partition: i % 10 });
      waits.push(append.then(() => ({ fromMs, toMs: performance.now() })));
      const pauseMs = pauseAfter(load.arrival, i);
      if (pauseMs > 0) await setTimeout(pauseMs);
    }
    const spans = await Promise.all(waits);
    return {
      waits: percentiles(spans.map(({ fromMs, toMs }) => toMs - fromMs)),
      beyond: percentiles(spans.map((span) => Math.max(0, beyond(span, syncs, maxDelayMs)))),
    };
  } finally {
    await engine.close();
    rmSync(directory, { recursive: true });
  }
}

function pauseAfter(arrival: Arrival, append: number): number {
  if (arrival === 'trickle') return 1;
  if (arrival === 'bursts') return append % 32 === 31 ? 20 : 0;
  return Math.round(-3 * Math.log(1 - Math.random()));
}

/** What an append waited longer than the rest of the sync that it met, or the deadline, and the sync that acknowledged it. */
function beyond({ fromMs, toMs }: Span, syncs: readonly Span[], maxDelayMs: number): number {
  const met = syncs.find((sync) => sync.fromMs <= fromMs && fromMs < sync.toMs);
  const own = syncs.findLast((sync) => sync.toMs <= toMs);
  const rest = met === undefined ? 0 : met.toMs - fromMs;
  const oneSync = own === undefined ? 0 : own.toMs - own.fromMs;
  return toMs - fromMs - (Math.max(maxDelayMs, rest) + oneSync);
}

function percentiles(times: readonly number[]): readonly number[] {
  const sorted = times.toSorted((a, b) => a - b);
  return PERCENTILES.map(
    (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0,
  );
}
