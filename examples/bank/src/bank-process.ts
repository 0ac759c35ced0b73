import { setImmediate } from 'node:timers/promises';
import { ACCOUNTS, Bank } from './bank.js';

const TELLERS = 16;

const pick = (): number => Math.floor(Math.random() * ACCOUNTS);

/** Transfers without end, by many tellers at once, with an auditor beside them, until somebody kills the process. */
async function main(directory: string, cycle: string): Promise<void> {
  const bank = await Bank.open(directory);
  const teller = async (name: number): Promise<void> => {
    for (let i = 0; ; i += 1) {
      const transfer = `${cycle}-${name}-${i}`;
      const [from, to] = [pick(), pick()];
      await bank.transfer(transfer, from, to === from ? (to + 1) % ACCOUNTS : to, 1 + (i % 100));
      process.send?.({ done: transfer });
    }
  };
  const auditor = async (): Promise<void> => {
    for (;;) {
      await setImmediate();
      const { sum, halves } = await bank.audit();
      if (sum !== 0 || halves > 0)
        process.send?.({ broken: `the sum is ${sum}, and ${halves} transfers are halves` });
    }
  };
  await Promise.all([auditor(), ...Array.from({ length: TELLERS }, (_, name) => teller(name))]);
}

await main(process.argv[2] ?? '', process.argv[3] ?? '');
