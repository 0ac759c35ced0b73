import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Engine, openEngine, preadModule } from 'seglog';
import {
  type Account,
  type AccountEvent,
  account,
  deposit,
  InsufficientFundsError,
  withdraw,
} from './account.js';
import { EventStore } from './event-store.js';

const directory = await mkdtemp(join(tmpdir(), 'seglog-events-'));

async function openStore(engine: Engine): Promise<EventStore<Account, AccountEvent>> {
  const topic = await engine.getOrCreateTopic<AccountEvent>('accounts', { partitions: 2 });
  return new EventStore(topic, account);
}

/** Two services want the same money at the same time. */
async function race(engine: Engine): Promise<void> {
  const [desk, web] = [await openStore(engine), await openStore(engine)];
  await desk.execute('alice', deposit(100));
  await desk.execute('bob', deposit(5));
  const services = Array.from({ length: 10 }, (_, nth) => (nth % 2 === 0 ? desk : web));
  const attempts = services.map((service) => service.execute('alice', withdraw(30)));
  const outcomes = await Promise.allSettled(attempts);
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected' && !(outcome.reason instanceof InsufficientFundsError))
      throw outcome.reason;
  }
  const paid = outcomes.filter(({ status }) => status === 'fulfilled').length;
  console.log(`10 withdrawals of 30 from 100, by two services at once: ${paid} paid, ${10 - paid} refused`);
  console.log(`decisions made again because somebody was faster: ${desk.conflicts + web.conflicts}`);
}

async function printBalances(store: EventStore<Account, AccountEvent>): Promise<void> {
  for (const id of ['alice', 'bob', 'carol']) console.log(`  ${id}: ${(await store.state(id)).balance}`);
}

try {
  const engine = await openEngine({ modules: [preadModule(directory)] });
  await race(engine);
  await engine.close();

  const again = await openEngine({ modules: [preadModule(directory)] });
  console.log('opened again, every balance follows from its events:');
  await printBalances(await openStore(again));
  await again.close();
} finally {
  await rm(directory, { recursive: true });
}
