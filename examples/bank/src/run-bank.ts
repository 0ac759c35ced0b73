import { fork } from 'node:child_process';
import { once } from 'node:events';

export interface BankDay {
  /** Transfers that were told to be done. */
  readonly done: readonly string[];
  /** What its auditor saw that must not be. */
  readonly broken: readonly string[];
}

/** A bank in another process, killed with `kill -9` after so many transfers. */
export async function runBank(directory: string, cycle: number, killAfter: number): Promise<BankDay> {
  const bank = fork(new URL('bank-process.js', import.meta.url), [directory, String(cycle)]);
  const done: string[] = [];
  const broken: string[] = [];
  bank.on('message', (message: { readonly done?: string; readonly broken?: string }) => {
    if (message.broken !== undefined) broken.push(message.broken);
    if (message.done === undefined) return;
    done.push(message.done);
    if (done.length === killAfter) bank.kill('SIGKILL');
  });
  const [code, signal]: readonly unknown[] = await once(bank, 'close');
  if (signal !== 'SIGKILL') throw new Error(`the bank ended with code ${String(code)}`);
  return { done, broken };
}
