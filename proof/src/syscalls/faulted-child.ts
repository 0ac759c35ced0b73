import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type ChildEnd, compiled } from '../child/run-child.js';
import type { ScriptPlan } from './script-plan.js';

export type Effect = 'kill' | 'torn' | 'short' | 'EIO' | 'ENOSPC';

/** Which call something happens to, from 1; 0 only counts. `ever`: to every later one too. */
export interface Fault {
  readonly at: number;
  readonly effect: Effect;
  readonly ever: boolean;
}

export interface FaultedRun {
  readonly end: ChildEnd | 'hung';
  readonly complaints: string;
}

const ERRNOS: Readonly<Record<string, number>> = { EIO: 5, ENOSPC: 28 };
const PATIENCE_MS = 60_000;

/** Runs the script in a process of its own, in which one system call goes wrong. One thread makes the calls of the pool. */
export async function runFaulted(
  library: string,
  plan: ScriptPlan,
  fault: Fault,
  calls?: string,
): Promise<FaultedRun> {
  mkdirSync(plan.engine.directory, { recursive: true });
  const child = spawn(process.execPath, [compiled('syscalls/script-child')], {
    stdio: ['pipe', 'ignore', 'pipe'],
    env: {
      ...process.env,
      UV_THREADPOOL_SIZE: '1',
      UV_USE_IO_URING: '0',
      LD_PRELOAD: library,
      SEGLOG_FAULT_ROOT: plan.engine.directory,
      SEGLOG_FAULT_AT: String(fault.at),
      SEGLOG_FAULT_DO: String(ERRNOS[fault.effect] ?? fault.effect),
      SEGLOG_FAULT_EVER: fault.ever ? '1' : '0',
      ...(calls === undefined ? {} : { SEGLOG_FAULT_LOG: calls }),
    },
  });
  child.stdin.end(JSON.stringify(plan));
  let complaints = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaints += chunk.toString();
  });
  let hung = false;
  const timer = setTimeout(() => {
    hung = true;
    child.kill('SIGKILL');
  }, PATIENCE_MS);
  const end = await new Promise<ChildEnd>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(signal ?? code));
  });
  clearTimeout(timer);
  return { end: hung ? 'hung' : end, complaints: complaints.trim() };
}

/** Where a run keeps its things. */
export function scriptPlan(directory: string, seed: number): ScriptPlan {
  const settings = { watermarkDelayMs: 5, deleteDelayMs: 5, preallocateBytes: 4096 };
  const data = join(directory, 'data');
  return {
    engine: { directory: data, reader: 'pread', codec: 'batch', sync: 'always', settings },
    seed,
    ledger: join(directory, 'ledger.jsonl'),
  };
}
