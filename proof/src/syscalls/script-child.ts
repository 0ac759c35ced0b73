import { openSync } from 'node:fs';
import { type Engine, SeglogError } from 'seglog';
import { planText } from '../child/child-plan.js';
import { openPlanned } from '../engine/open-engine.js';
import { LedgerWriter } from '../kill9/ledger.js';
import { Script } from './script.js';
import { CYCLE, type ScriptPlan } from './script-plan.js';

/** Carries out the script, whatever fails, and ends with 0 unless it is killed. */
const plan: ScriptPlan = JSON.parse(planText());
const ledger = new LedgerWriter(openSync(plan.ledger, 'a'));
const context = { seed: plan.seed, cycle: CYCLE, ledger, isFair: (error: unknown) => SeglogError.is(error) };
for (const part of ['first', 'second'] as const) {
  const engine = (await opened()) ?? (await opened());
  if (engine === undefined) break;
  await new Script(engine, context)[part]();
  await closed(engine);
}

/** Undefined when it failed with an error that has a name: once a fault is over it must not fail again. */
async function opened(): Promise<Engine | undefined> {
  try {
    return await openPlanned(plan.engine);
  } catch (error) {
    if (!SeglogError.is(error)) ledger.fault(`opening failed without a name: ${String(error)}`);
    return undefined;
  }
}

async function closed(engine: Engine): Promise<void> {
  try {
    await engine.close();
  } catch (error) {
    if (!SeglogError.is(error)) ledger.fault(`closing failed without a name: ${String(error)}`);
  }
}
