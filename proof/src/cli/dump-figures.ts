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
