import { rmSync } from 'node:fs';
import { storyOf } from '../command/story-of.js';
import { type Check, checkCleanReopen, checkWorld } from './check-world.js';
import { readLedger } from './ledger.js';
import type { Plan } from './plan.js';
import { WorldModel } from './world-model.js';

/** What became of one cycle. Without a check the data could not be opened. */
export interface CycleOutcome {
  /** How often a child was struck down. */
  readonly strikes: number;
  readonly check: Check | undefined;
  readonly faults: readonly string[];
}

export interface CyclesRun {
  readonly cycles: number;
  readonly strikes: number;
  /** Records whose append was acknowledged. */
  readonly acknowledged: number;
  /** Of every cycle whose data could be opened. */
  readonly checks: readonly Check[];
  /** Empty if everything held. The first cycle with a fault is the last one. */
  readonly faults: readonly string[];
}

interface Cycles {
  readonly cycles: number;
  readonly onCycle?: ((cycle: number, check: Check) => void) | undefined;
}

/** Runs cycles on one growing world, up to the first one that does not hold. */
export async function runCycles(
  { cycles, onCycle }: Cycles,
  runCycle: (world: WorldModel, cycle: number) => Promise<CycleOutcome>,
): Promise<CyclesRun> {
  const world = new WorldModel();
  const checks: Check[] = [];
  let strikes = 0;
  let faults: readonly string[] = [];
  let cycle = 0;
  while (cycle < cycles && faults.length === 0) {
    cycle += 1;
    const outcome = await runCycle(world, cycle);
    faults = outcome.faults;
    strikes += outcome.strikes;
    if (outcome.check === undefined) break;
    checks.push(outcome.check);
    onCycle?.(cycle, outcome.check);
  }
  return { cycles: cycle, strikes, acknowledged: world.acknowledged, checks, faults };
}

/** Holds what is left against what the child wrote down, and opens it once more after a clean close. */
export async function judge(
  world: WorldModel,
  plan: Plan,
  { strikes, faults }: Pick<CycleOutcome, 'strikes' | 'faults'>,
): Promise<CycleOutcome> {
  const found = [...faults];
  try {
    found.push(...world.apply(plan.cycle, readLedger(plan.ledger)));
    const wholeBatches = plan.engine.codec === 'batch';
    const check = await checkWorld(world, { engine: plan.engine, seed: plan.seed, wholeBatches });
    found.push(...check.faults, ...(await checkCleanReopen(plan.engine)));
    if (found.length === 0) rmSync(plan.ledger, { force: true });
    return { strikes, check, faults: found };
  } catch (error) {
    return { strikes, check: undefined, faults: [...found, `it does not open: ${storyOf(error)}`] };
  }
}

/** What every cycle counted, together. */
export function sumOf(checks: readonly Check[]): Record<'lost' | 'phantoms' | 'truncatedTails', number> {
  const sum = { lost: 0, phantoms: 0, truncatedTails: 0 };
  for (const { lost, phantoms, truncatedTails } of checks) {
    sum.lost += lost;
    sum.phantoms += phantoms;
    sum.truncatedTails += truncatedTails;
  }
  return sum;
}
