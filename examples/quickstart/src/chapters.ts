import { type FlightTopics, flightTopics, openFlights, SyncCounter } from './compose.js';
import type { Lane } from './flights.js';
import { type KilledWriter, killWriter } from './kill-writer.js';
import type { QuickstartOptions } from './options.js';
import { produce } from './produce.js';
import { Progress } from './progress.js';
import { countExact, requireAcknowledged } from './proof.js';

/** The writer dies when this share of all records was acknowledged. */
const KILL_AT = 0.4;

/** Makes the topics, and returns where the partition of each lane ends: 0 unless there was an earlier run. */
export async function partitionEnds(
  directory: string,
  options: QuickstartOptions,
  lanes: readonly Lane[],
): Promise<readonly number[]> {
  const engine = await openFlights(directory, options, new SyncCounter());
  try {
    const topics = await flightTopics(engine);
    const ends = await Promise.all(
      lanes.map(async ({ topic, partition }) => (await topics[topic].partition(partition)).offsets().logEnd),
    );
    console.log(`Data: ${directory}`);
    if (sum(ends) > 0)
      console.log(`An earlier run ended at ${sum(ends)} records; this one goes on behind them.`);
    return ends;
  } finally {
    await engine.close();
  }
}

/** Several producers append in another process until it is killed. */
export async function loadAndKill(lanes: readonly Lane[], args: readonly string[]): Promise<KilledWriter> {
  const total = countOf(lanes);
  const progress = new Progress('appending', { total });
  const writer = await killWriter(args, lanes, { enough: Math.ceil(total * KILL_AT), progress });
  progress.stop();
  console.log(
    `  kill -9 ${writer.pid}, after ${sum(writer.acknowledged)} acknowledged records of ${lanes.length} producers`,
  );
  return writer;
}

/** Throws unless everything acknowledged is there, byte for byte; returns how much of each lane is. */
export async function proveRecovered(
  topics: FlightTopics,
  wanted: {
    readonly lanes: readonly Lane[];
    readonly starts: readonly number[];
    readonly acknowledged: readonly number[];
  },
): Promise<readonly number[]> {
  const { lanes, starts, acknowledged } = wanted;
  const found = await countExact(topics, lanes, starts);
  requireAcknowledged(found, acknowledged);
  const more = sum(found) - sum(acknowledged);
  console.log(`  All ${sum(acknowledged)} acknowledged records are back, byte for byte.`);
  console.log(`  ${more} more are there, which had been written and not yet acknowledged.`);
  return found;
}

export interface Load {
  readonly records: number;
  readonly elapsedMs: number;
}

/** Appends the rest in this process, and proves that every lane is whole. */
export async function finishLoad(
  topics: FlightTopics,
  lanes: readonly Lane[],
  plan: { readonly starts: readonly number[]; readonly found: readonly number[] },
): Promise<Load> {
  const done = [...plan.found];
  const total = countOf(lanes);
  const progress = new Progress('appending', { from: sum(done), total });
  const startedMs = performance.now();
  await produce(topics, lanes, plan.found, (lane, count) => {
    done[lane] = count;
    progress.update(sum(done));
  });
  const elapsedMs = performance.now() - startedMs;
  progress.stop();
  const whole = await countExact(topics, lanes, plan.starts);
  requireAcknowledged(
    whole,
    lanes.map(({ records }) => records.length),
  );
  console.log(`  All ${total} records are there, each once.`);
  return { records: total - sum(plan.found), elapsedMs };
}

function countOf(lanes: readonly Lane[]): number {
  return sum(lanes.map(({ records }) => records.length));
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
