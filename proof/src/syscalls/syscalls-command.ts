import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { recordFigures } from '@seglog/tools';
import { closingLine } from '../command/checks.js';
import { wholeNumber } from '../command/options.js';
import { progress } from '../command/progress.js';
import type { Effect } from './faulted-child.js';
import { buildFaultsLibrary } from './faults-library.js';
import { runSyscalls, type SyscallsResult } from './syscalls.js';
import { fastDisk, pointsOf, syscallsFigures } from './syscalls-figures.js';

const DEADLY: readonly Effect[] = ['kill', 'torn'];
const FAILING: readonly Effect[] = ['EIO', 'ENOSPC', 'short'];

/** npm run figures:syscalls -- --every 3 --seed 1 --once (no fault that stays) */
const { values } = parseArgs({
  options: {
    every: { type: 'string', default: '1' },
    seed: { type: 'string', default: '1' },
    once: { type: 'boolean', default: false },
  },
});
const every = wholeNumber('every', values.every);
const seed = wholeNumber('seed', values.seed);
const directory = mkdtempSync(join(fastDisk(), 'seglog-syscalls-'));
const { path: library, why } = buildFaultsLibrary(directory);
if (library === undefined) {
  console.log(`skipped: no library can be put before the system calls, because ${why}`);
  console.log(closingLine({ passed: 0, failed: 0, skipped: 2 }));
  rmSync(directory, { recursive: true });
} else {
  const lasting = values.once ? [] : (['EIO', 'ENOSPC'] as const).map((effect) => ({ effect, ever: true }));
  const show = progress();
  const onPoint = (done: number, all: number): void => show(`${done} of ${all} points`);
  const shared = { directory, library, seed, onPoint };
  const kills = await runSyscalls({
    ...shared,
    every: 1,
    effects: DEADLY.map((effect) => ({ effect, ever: false })),
  });
  const effects = [...FAILING.map((effect) => ({ effect, ever: false })), ...lasting];
  const errors = await runSyscalls({ ...shared, every, effects });
  show();
  report(kills, errors);
}

function report(kills: SyscallsResult, errors: SyscallsResult): void {
  const figures = syscallsFigures(kills, errors);
  for (const [key, value] of Object.entries(figures)) console.log(`${key.padEnd(22)} ${value}`);
  for (const [kind, count] of Object.entries({ ...kills.points, ...errors.points })) {
    console.log(`  ${kind.padEnd(20)} ${count}`);
  }
  const faults = [...kills.faults, ...errors.faults];
  for (const fault of faults) console.error(`- ${fault}`);
  if (faults.length === 0) {
    rmSync(directory, { recursive: true });
    recordFigures(figures, { command: 'npm run figures:syscalls', seed });
  }
  const failed = faults.length;
  console.log(closingLine({ passed: pointsOf(kills) + pointsOf(errors) - failed, failed, skipped: 0 }));
  process.exitCode = failed > 0 ? 1 : 0;
}
