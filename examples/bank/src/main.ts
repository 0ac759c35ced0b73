import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Bank } from './bank.js';
import { runBank } from './run-bank.js';

/** `node dist/main.js 200`: so many banks, each killed in the middle of its work. */
const cycles = Number(process.argv[2] ?? 5);
/** Banks at a time, each with books of its own. */
const BRANCHES = Math.min(2, cycles);
const counts = { killed: 0, told: 0, lost: 0, found: 0, brokenSums: 0 };

async function branch(name: number): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'seglog-bank-'));
  const told = new Set<string>();
  let found: ReadonlySet<string> = new Set();
  try {
    for (let cycle = name; cycle < cycles; cycle += BRANCHES) {
      const { done, broken } = await runBank(directory, cycle, 20 + Math.floor(Math.random() * 200));
      for (const transfer of done) told.add(transfer);
      const bank = await Bank.open(directory);
      const { transfers, sum, halves } = await bank.audit();
      await bank.close();
      found = transfers;
      counts.brokenSums += broken.length + (sum !== 0 || halves > 0 ? 1 : 0);
      counts.killed += 1;
      if (counts.killed % 20 === 0) console.error(`${counts.killed} of ${cycles} banks were killed`);
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
  counts.told += told.size;
  counts.found += found.size;
  counts.lost += [...told].filter((transfer) => !found.has(transfer)).length;
}

await Promise.all(Array.from({ length: BRANCHES }, (_, name) => branch(name)));

const { killed, told, lost, found, brokenSums } = counts;
console.log(`${killed} banks were killed with kill -9 in the middle of their work`);
console.log(`${told} transfers were told to be done, ${lost} of them are lost`);
console.log(`${found >= told ? 'every' : 'not every'} transfer has both sides: ${brokenSums} broken sums`);
if (lost > 0 || brokenSums > 0) process.exitCode = 1;
