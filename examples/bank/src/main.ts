import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Bank } from './bank.js';
import { runBank } from './run-bank.js';

/** `node dist/main.js 200`: so many banks, each killed in the middle of its work. */
const cycles = Number(process.argv[2] ?? 5);
const directory = await mkdtemp(join(tmpdir(), 'seglog-bank-'));
const told = new Set<string>();
let brokenSums = 0;
let lost = 0;
let found = 0;

try {
  for (let cycle = 0; cycle < cycles; cycle += 1) {
    const { done, broken } = await runBank(directory, cycle, 20 + Math.floor(Math.random() * 200));
    for (const transfer of done) told.add(transfer);
    brokenSums += broken.length;
    const bank = await Bank.open(directory);
    const { transfers, sum, halves } = await bank.audit();
    await bank.close();
    if (sum !== 0 || halves > 0) brokenSums += 1;
    lost = [...told].filter((transfer) => !transfers.has(transfer)).length;
    found = transfers.size;
  }
} finally {
  await rm(directory, { recursive: true, force: true });
}

console.log(`${cycles} banks were killed with kill -9 in the middle of their work`);
console.log(`${told.size} transfers were told to be done, ${lost} of them are lost`);
console.log(
  `${found >= told.size ? 'every' : 'not every'} transfer has both sides: ${brokenSums} broken sums`,
);
if (lost > 0 || brokenSums > 0) process.exitCode = 1;
