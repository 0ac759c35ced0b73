import { openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { openPlanned } from '../engine/open-engine.js';
import { LedgerWriter } from './ledger.js';
import { Load } from './load.js';
import { isOwnFault } from './load-partition.js';
import type { Milestone, Plan } from './plan.js';

const INPUT = 0;

/** The process that is going to be killed. It waits for its plan, and never ends by itself. */
const plan: Plan = JSON.parse(readFileSync(INPUT, 'utf8'));
const ledger = new LedgerWriter(openSync(plan.ledger, 'a'));
let { topics } = plan;
for (;;) {
  say('opening');
  const engine = await openPlanned(plan.engine);
  if (plan.task === 'recover') {
    for (const { name, partitions } of engine.topics()) {
      for (let number = 0; number < partitions; number += 1) await engine.log(name, number);
    }
    say('open');
    await sleep(60_000);
  }
  const { seed, cycle } = plan;
  const idempotent = plan.engine.codec === 'batch';
  const load = new Load(
    engine,
    { seed, cycle, ledger, isFair: isOwnFault },
    { idempotent, onlySynced: plan.onlySynced === true },
  );
  await load.start(topics);
  say('open');
  await sleep(plan.closeAfterMs);
  await load.stop();
  say('closing');
  await engine.close();
  topics = load.memories;
}

function say(milestone: Milestone): void {
  process.stdout.write(`${milestone}\n`);
}
