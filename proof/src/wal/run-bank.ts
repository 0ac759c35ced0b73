import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface BankFigures {
  readonly transfers: number;
  readonly lost: number;
  readonly brokenSums: number;
}

/** The example of the bank, with so many deaths. */
export function runBank(cycles: number): BankFigures {
  const main = fileURLToPath(new URL('../../../examples/bank/dist/main.js', import.meta.url));
  const output = execFileSync(process.execPath, [main, String(cycles)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [transfers, lost] = numbers(output, /(\d+) transfers were told to be done, (\d+) of them are lost/);
  const [brokenSums] = numbers(output, /every transfer has both sides: (\d+) broken sums/);
  return { transfers: transfers ?? 0, lost: lost ?? 0, brokenSums: brokenSums ?? 0 };
}

function numbers(text: string, pattern: RegExp): readonly number[] {
  const found = pattern.exec(text);
  if (found === null) throw new Error(`the bank said something else:\n${text}`);
  return found.slice(1).map(Number);
}
