import type { EnginePlan } from '../engine/open-engine.js';

/** What a child does that is killed, or failed, at one of its system calls. */
export interface ScriptPlan {
  readonly engine: EnginePlan;
  readonly seed: number;
  readonly ledger: string;
}

/** The only cycle: every script starts with an empty directory. */
export const CYCLE = 1;
