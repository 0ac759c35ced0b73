import type { Figures } from '@seglog/tools';
import { expect, test } from 'vitest';
import { dumpFigures } from '../src/cli/dump-figures.js';
import { saysLess } from '../src/command/says-less.js';

const ends = [
  { exitCode: 0, outputBytes: 1, peakBytes: 90_000_000 },
  { exitCode: 0, outputBytes: 1, peakBytes: 100_000_000 },
] as const;

function recorded(megabytes: number): Figures {
  const circumstances = {
    unit: 'MB',
    date: '2026-01-01T00:00:00.000Z',
    seed: null,
    commit: '0',
    command: 'npm run figures:cli',
  };
  const machine = { cpu: 'x', cores: 1, memoryGiB: 1, system: 'linux x64', node: 'v20' };
  return { 'cli.dump.inputMegabytes': { value: megabytes, ...circumstances, machine } };
}

test('figures of dump never take the place of those of a larger store', () => {
  const figures = dumpFigures(1_000_000_000, ends);
  expect(figures).toMatchObject({ 'cli.dump.inputMegabytes': 1000, 'cli.dump.peakMemory': 100 });
  const less = (before: Figures): boolean => saysLess('cli.dump.inputMegabytes', figures, before);
  expect(less(recorded(10_737))).toBe(true);
  expect(less(recorded(1000))).toBe(false);
  expect(less({})).toBe(false);
});
