import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { memoryModule, openEngine } from 'seglog';
import { describe, expect, test } from 'vitest';
import {
  type Account,
  type AccountEvent,
  account,
  deposit,
  InsufficientFundsError,
  withdraw,
} from '../src/account.js';
import { EventStore } from '../src/event-store.js';

test('the example: nobody overdraws, and the balances are there again', () => {
  const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));
  const output = execFileSync(process.execPath, [main], { encoding: 'utf8' });
  expect(output).toContain('3 paid, 7 refused');
  expect(output).toMatch(/somebody was faster: [1-9]/);
  expect(output).toContain('  alice: 10\n  bob: 5\n  carol: 0\n');
});

describe('an event store', () => {
  test('makes a decision again on the state that was really there', async () => {
    const engine = await openEngine({ modules: [memoryModule()] });
    const topic = await engine.createTopic<AccountEvent>('accounts', { partitions: 1 });
    const stores = Array.from({ length: 3 }, () => new EventStore<Account, AccountEvent>(topic, account));
    const [first] = stores;
    await first?.execute('a', deposit(7));
    const tries = stores.flatMap((store) => [1, 2, 3, 4].map(() => store.execute('a', withdraw(1))));
    const refused = (await Promise.allSettled(tries)).filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(5);
    for (const store of stores) expect(await store.state('a')).toEqual({ balance: 0 });
    await expect(first?.execute('a', withdraw(1))).rejects.toThrow(InsufficientFundsError);
    await engine.close();
  });

  test('a decision without events appends nothing', async () => {
    const engine = await openEngine({ modules: [memoryModule()] });
    const topic = await engine.createTopic<AccountEvent>('accounts', { partitions: 1 });
    const store = new EventStore<Account, AccountEvent>(topic, account);
    await store.execute('a', () => []);
    expect((await topic.offsets())[0]?.logEnd).toBe(0);
    await engine.close();
  });
});
