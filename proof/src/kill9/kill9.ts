import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { RecoveryReport } from '@seglog/core';
import type { Codec, Reader } from '../engine/open-engine.js';
import { SeededRandom } from '../random/seeded-random.js';
import type { Check } from './check-world.js';
import { type Plan, plannedTopics } from './plan.js';
import { type CycleOutcome, judge, runCycles, sumOf } from './run-cycles.js';
import { type KillMoment, Victims } from './victims.js';
import type { WorldModel } from './world-model.js';

export interface Kill9Options {
  /** An empty directory; it stays. */
  readonly directory: string;
  readonly cycles: number;
  readonly seed: number;
  /** Each cycle takes one of these. */
  readonly readers: readonly Reader[];
  readonly codecs: readonly Codec[];
  readonly syncs: readonly string[];
  readonly onCycle?: ((cycle: number, check: Check) => void) | undefined;
}

/** What cycles choose from when nobody says otherwise: each as often as it is listed. */
export const EVERY_KIND: Pick<Kill9Options, 'readers' | 'codecs' | 'syncs'> = {
  readers: ['pread', 'mmap'],
  codecs: ['batch', 'batch', 'batch', 'plain'],
  syncs: ['always', 'group:2ms', 'appends:20,50ms', 'ms:10', 'never'],
};

export interface Kill9Result {
  readonly cycles: number;
  /** Kills in all: some cycles kill the recovery as well. */
  readonly kills: number;
  /** Records whose append was acknowledged. */
  readonly acknowledged: number;
  readonly lost: number;
  readonly phantoms: number;
  /** Recoveries that cut something off, and those that cut something else than zeros. */
  readonly truncatedTails: number;
  readonly tornTails: number;
  /** Milliseconds from the call to the last partition open, of every recovery, ascending. */
  readonly openMs: readonly number[];
  /** Empty if everything held. The first cycle with a fault is the last one. */
  readonly faults: readonly string[];
  /** Of the last cycle. */
  readonly reports: ReadonlyMap<string, RecoveryReport>;
}

/** Kills a working child again and again, and each time holds what is left against what the child wrote down. */
export async function runKill9(options: Kill9Options): Promise<Kill9Result> {
  mkdirSync(options.directory, { recursive: true });
  const victims = new Victims();
  try {
    const { strikes, checks, ...run } = await runCycles(options, (world, cycle) =>
      runCycle(options, { world, victims }, cycle),
    );
    return {
      ...run,
      kills: strikes,
      ...sumOf(checks),
      tornTails: checks.reduce((sum, { tornTails }) => sum + tornTails, 0),
      openMs: checks.map(({ openMs }) => openMs).toSorted((one, other) => one - other),
      reports: checks.at(-1)?.reports ?? new Map<string, RecoveryReport>(),
    };
  } finally {
    victims.end();
  }
}

async function runCycle(
  options: Kill9Options,
  { world, victims }: { readonly world: WorldModel; readonly victims: Victims },
  cycle: number,
): Promise<CycleOutcome> {
  const random = new SeededRandom(options.seed, -cycle);
  const plan = makePlan(options, random, { cycle, topics: plannedTopics(world) });
  const faults = [...(await victims.runAndKill(plan, killMoment(random)))];
  let strikes = 1;
  for (; strikes < 4 && random.below(4) === 0; strikes += 1) {
    const moment: KillMoment = { after: 'opening', delayMs: random.below(25) };
    faults.push(...(await victims.runAndKill({ ...plan, task: 'recover' }, moment)));
  }
  return judge(world, plan, { strikes, faults });
}

function makePlan(options: Kill9Options, random: SeededRandom, rest: Pick<Plan, 'cycle' | 'topics'>): Plan {
  const engine = {
    directory: join(options.directory, 'data'),
    reader: pick(random, options.readers),
    codec: pick(random, options.codecs),
    sync: pick(random, options.syncs),
    settings: {
      deleteDelayMs: 20,
      watermarkDelayMs: 10,
      preallocateBytes: 64 * 1024,
      indexIntervalBytes: 512,
    },
  };
  const closeAfterMs = random.below(3) === 0 ? random.below(150) : 60_000;
  const ledger = join(options.directory, `ledger-${rest.cycle}.jsonl`);
  return { seed: options.seed, task: 'load', engine, ledger, closeAfterMs, ...rest };
}

/** Mostly under load, often while it opens, sometimes while it closes. */
function killMoment(random: SeededRandom): KillMoment {
  const kind = random.below(10);
  if (kind < 2) return { after: 'opening', delayMs: random.below(60) };
  return { after: 'open', delayMs: 1 + random.below(250) };
}

function pick<T>(random: SeededRandom, list: readonly T[]): T {
  const chosen = list[random.below(list.length)];
  if (chosen === undefined) throw new RangeError('there is nothing to choose from');
  return chosen;
}
