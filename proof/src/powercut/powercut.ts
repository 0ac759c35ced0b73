import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Check } from '../kill9/check-world.js';
import { type Plan, plannedTopics } from '../kill9/plan.js';
import { type CycleOutcome, judge, runCycles, sumOf } from '../kill9/run-cycles.js';
import type { KillMoment } from '../kill9/victims.js';
import type { WorldModel } from '../kill9/world-model.js';
import { SeededRandom } from '../random/seeded-random.js';
import type { Disk } from './disks.js';
import { Outage } from './outage.js';

export interface PowerCutOptions {
  /** For what must outlive the power cut: ledgers. Not on the disk itself. */
  readonly directory: string;
  readonly disk: Disk;
  readonly cycles: number;
  readonly seed: number;
  /** `always` and the like. With `never` records are lost: that shows that the power is really cut. */
  readonly syncs: readonly string[];
  /** Default true. False: a writer may also be content with less than a sync. */
  readonly onlySynced?: boolean | undefined;
  readonly onCycle?: ((cycle: number, check: Check) => void) | undefined;
}

export interface PowerCutResult {
  readonly cycles: number;
  /** Power cuts in all: some cycles cut it during recovery as well. */
  readonly cuts: number;
  readonly acknowledged: number;
  readonly lost: number;
  readonly phantoms: number;
  readonly truncatedTails: number;
  /** Empty if everything held. The first cycle with a fault is the last one. */
  readonly faults: readonly string[];
}

/** Cuts the power of a writer's disk again and again, and holds what is left against what the writer wrote down. */
export async function runPowerCuts(options: PowerCutOptions): Promise<PowerCutResult> {
  mkdirSync(options.directory, { recursive: true });
  const outage = new Outage(options.disk);
  try {
    const { strikes, checks, ...run } = await runCycles(options, (world, cycle) =>
      runCycle(options, { world, outage }, cycle),
    );
    return { ...run, cuts: strikes, ...sumOf(checks) };
  } finally {
    outage.end();
  }
}

async function runCycle(
  options: PowerCutOptions,
  { world, outage }: { readonly world: WorldModel; readonly outage: Outage },
  cycle: number,
): Promise<CycleOutcome> {
  const random = new SeededRandom(options.seed, -cycle);
  const plan = makePlan(options, random, { world, cycle });
  const faults = [...(await outage.strike(plan, cutMoment(plan, random)))];
  let strikes = 1;
  for (; strikes < 3 && random.below(4) === 0; strikes += 1) {
    const recovery: Plan = { ...plan, task: 'recover' };
    faults.push(...(await outage.strike(recovery, cutMoment(recovery, random))));
  }
  return judge(world, plan, { strikes, faults });
}

function makePlan(
  { directory, disk, seed, syncs, onlySynced = true }: PowerCutOptions,
  random: SeededRandom,
  { world, cycle }: { readonly world: WorldModel; readonly cycle: number },
): Plan {
  const engine = {
    directory: join(disk.mountPoint, 'data'),
    reader: random.below(2) === 0 ? ('pread' as const) : ('mmap' as const),
    codec: random.below(4) === 0 ? ('plain' as const) : ('batch' as const),
    sync: syncs[random.below(syncs.length)] ?? 'always',
    settings: {
      deleteDelayMs: 20,
      watermarkDelayMs: 10,
      preallocateBytes: random.below(2) * 64 * 1024,
      indexIntervalBytes: 512,
    },
  };
  const closeAfterMs = random.below(3) === 0 ? random.below(150) : 60_000;
  const ledger = join(directory, `ledger-${cycle}.jsonl`);
  const topics = plannedTopics(world);
  return { seed, cycle, task: 'load', engine, ledger, closeAfterMs, topics, onlySynced };
}

function cutMoment({ task }: Plan, random: SeededRandom): KillMoment {
  if (task === 'recover' || random.below(10) < 2) return { after: 'opening', delayMs: random.below(40) };
  return { after: 'open', delayMs: 1 + random.below(250) };
}
