import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { endOfChild, runChild } from '../child/run-child.js';
import type { EnginePlan } from '../engine/open-engine.js';
import { RECORD_BYTES, type Reopened, type ReopenPlan } from './reopen-plan.js';

const PROGRAM = 'reopen/reopen-child';

/** Writes so much, closes or is killed, and is opened in another process. What was written goes afterwards. */
export async function runReopen(
  directory: string,
  bytes: number,
  ending: 'closed' | 'killed',
): Promise<Reopened> {
  const data = join(directory, `${ending}-${bytes}`);
  const engine: EnginePlan = { directory: data, reader: 'pread', codec: 'batch', sync: 'always' };
  try {
    const plan: ReopenPlan = { engine, bytes, task: ending === 'closed' ? 'fill' : 'fill-and-die' };
    const { end } = await endOfChild(PROGRAM, plan);
    const expected = ending === 'closed' ? 0 : 'SIGKILL';
    if (end !== expected) throw new Error(`filling ended with ${end}, not with ${expected}`);
    const found = await runChild<Reopened>(PROGRAM, { ...plan, task: 'open' });
    if (found.records * RECORD_BYTES < bytes) throw new Error(`only ${found.records} records are back`);
    return found;
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
}
