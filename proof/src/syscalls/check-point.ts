import { storyOf } from '../command/story-of.js';
import { checkCleanReopen, checkWorld } from '../kill9/check-world.js';
import { type LedgerLine, readLedger } from '../kill9/ledger.js';
import { WorldModel } from '../kill9/world-model.js';
import { type Fault, type FaultedRun, runFaulted, scriptPlan } from './faulted-child.js';
import { CYCLE, type ScriptPlan } from './script-plan.js';

export interface PointResult {
  /** False when the script came to its end before the call of that number. */
  readonly reached: boolean;
  readonly lost: number;
  readonly phantoms: number;
  readonly acknowledged: number;
  readonly faults: readonly string[];
}

/** Lets one system call go wrong, and holds what is left against what the script wrote down. */
export async function checkPoint(
  library: string,
  options: { readonly directory: string; readonly seed: number },
  fault: Fault,
): Promise<PointResult> {
  const plan = scriptPlan(options.directory, options.seed);
  const run = await runFaulted(library, plan, fault);
  const deadly = fault.effect === 'kill' || fault.effect === 'torn';
  const reached = !deadly || run.end === 'SIGKILL';
  return { reached, ...(await examine(plan, run, reached && deadly)) };
}

async function examine(
  plan: ScriptPlan,
  run: FaultedRun,
  killed: boolean,
): Promise<Omit<PointResult, 'reached'>> {
  const faults: string[] = [];
  const expected = killed ? 'SIGKILL' : 0;
  if (run.end !== expected) faults.push(`the child ended with ${run.end}: ${run.complaints}`);
  const world = new WorldModel();
  try {
    faults.push(...world.apply(CYCLE, withoutUncertain(readLedger(plan.ledger))));
    const { engine, seed } = plan;
    const check = await checkWorld(world, { engine, seed, wholeBatches: true });
    faults.push(...check.faults, ...(await checkCleanReopen(engine)));
    const { lost, phantoms } = check;
    return { lost, phantoms, acknowledged: world.acknowledged, faults };
  } catch (error) {
    faults.push(`it does not open: ${storyOf(error)}`);
    return { lost: 0, phantoms: 0, acknowledged: world.acknowledged, faults };
  }
}

/**
 * An append that failed leaves no trace unless it said that nobody knows; of any other change that failed the log may
 * show the state before or the one after.
 */
function withoutUncertain(lines: readonly LedgerLine[]): readonly LedgerLine[] {
  const appends = new Set(
    lines.flatMap((line) => ('event' in line && line.event.type === 'append' ? line.operation : [])),
  );
  return lines.filter((line) => {
    if (!('event' in line) || line.event.type !== 'refused') return true;
    return appends.has(line.operation) && line.event.code !== 'APPEND_UNKNOWN';
  });
}
