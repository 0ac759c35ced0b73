import type { Figures } from '@seglog/tools';
import type { CliEnd } from './cli-plan.js';

const MB = 1_000_000;

/** Memory of dumping a store of `size` bytes, and of dumping a tenth of it. */
export function dumpFigures(size: number, [less, more]: readonly [CliEnd, CliEnd]): Record<string, number> {
  return {
    'cli.dump.inputMegabytes': Math.round(size / MB),
    'cli.dump.peakMemory': Math.round(more.peakBytes / MB),
    'cli.dump.peakMemoryOfATenth': Math.round(less.peakBytes / MB),
  };
}

/** Whether these figures may take the place of the recorded ones: those of a smaller store say less. */
export function mayReplace(figures: Readonly<Record<string, number>>, recorded: Figures): boolean {
  const before = recorded['cli.dump.inputMegabytes']?.value;
  return typeof before !== 'number' || (figures['cli.dump.inputMegabytes'] ?? 0) >= before;
}
