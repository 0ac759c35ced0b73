import type { Aggregate } from './event-store.js';

export type AccountEvent =
  | { readonly type: 'deposited'; readonly amount: number }
  | { readonly type: 'withdrawn'; readonly amount: number };

export interface Account {
  readonly balance: number;
}

export const account: Aggregate<Account, AccountEvent> = {
  initial: { balance: 0 },
  apply: ({ balance }, { type, amount }) => ({
    balance: type === 'deposited' ? balance + amount : balance - amount,
  }),
};

/** The rule that must hold whoever writes at the same time: no account goes below zero. */
export class InsufficientFundsError extends Error {
  public override readonly name = 'InsufficientFundsError';
}

export function deposit(amount: number): () => readonly AccountEvent[] {
  return () => [{ type: 'deposited', amount }];
}

export function withdraw(amount: number): (state: Account) => readonly AccountEvent[] {
  return ({ balance }) => {
    if (balance < amount) throw new InsufficientFundsError(`${balance} is less than ${amount}`);
    return [{ type: 'withdrawn', amount }];
  };
}
