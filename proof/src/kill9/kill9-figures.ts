import type { Kill9Result } from './kill9.js';

export const KILL9_UNITS: Readonly<Record<string, string>> = {
  'kill9.acknowledged': 'records',
  'kill9.openMs.p50': 'ms',
  'kill9.openMs.max': 'ms',
};

export function kill9Figures(found: Kill9Result): Readonly<Record<string, number>> {
  return {
    'kill9.cycles': found.cycles,
    'kill9.kills': found.kills,
    'kill9.acknowledged': found.acknowledged,
    'kill9.lost': found.lost,
    'kill9.phantoms': found.phantoms,
    'kill9.truncatedTails': found.truncatedTails,
    'kill9.tornTails': found.tornTails,
    'kill9.openMs.p50': milliseconds(found.openMs[Math.floor(found.openMs.length / 2)]),
    'kill9.openMs.max': milliseconds(found.openMs.at(-1)),
  };
}

/** What did not hold in the last cycle, and what its recovery said. */
export function kill9Story(
  found: Kill9Result,
  run: { readonly seed: number; readonly directory: string },
): string {
  return [
    `cycle ${found.cycles} of seed ${run.seed} did not hold; its data and ledger are in ${run.directory}`,
    ...found.faults.map((fault) => `- ${fault}`),
    ...[...found.reports].map(([name, report]) => `${name}: ${JSON.stringify(report)}`),
  ].join('\n');
}

function milliseconds(value: number | undefined): number {
  return Math.round((value ?? 0) * 10) / 10;
}
