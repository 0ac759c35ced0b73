import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parseSize } from '@seglog/core';
import { readFigures, recordFigures } from '@seglog/tools';
import { runChild } from '../child/run-child.js';
import { checks, closingLine } from '../command/checks.js';
import { wholeNumber } from '../command/options.js';
import { saysLess } from '../command/says-less.js';
import type { CliEnd, CliPlan, CliRates } from './cli-plan.js';
import { dumpFigures } from './dump-figures.js';

const PROGRAM = 'cli/cli-child';
const MB = 1_000_000;

/**
 * npm run figures:cli -- --size 1GB --rounds 7 --dry (writes nothing down); no rounds, no figures of verify. Figures of dump
 * are not written down when those of a larger store are.
 */
const { values } = parseArgs({
  options: {
    size: { type: 'string', default: '1GB' },
    rounds: { type: 'string', default: '7' },
    dry: { type: 'boolean', default: false },
  },
});
const size = parseSize(values.size);
const rounds = wholeNumber('rounds', values.rounds);
const home = mkdtempSync(join(tmpdir(), 'seglog-figures-cli-'));
try {
  const [large, small] = [join(home, 'large'), join(home, 'small')];
  await run({ task: 'fill', directory: large, bytes: size });
  await run({ task: 'fill', directory: small, bytes: size / 10 });
  const rates = rounds === 0 ? undefined : await ratesOf(large);
  const dumps = [await dump(small), await dump(large)] as const;
  const ofVerify = rates === undefined ? {} : rateFigures(rates);
  const ofDump = dumpFigures(size, dumps);
  for (const [key, value] of Object.entries({ ...ofVerify, ...ofDump }))
    console.log(`${key.padEnd(34)} ${value}`);
  if (!values.dry) {
    const units = {
      'cli.verify.gigabytesPerSecond': 'GB/s',
      'cli.verify.ratioToScan': 'x',
      'cli.dump.inputMegabytes': 'MB',
      'cli.dump.peakMemory': 'MB',
      'cli.dump.peakMemoryOfATenth': 'MB',
    };
    const command = `npm run figures:cli -- --size ${values.size} --rounds ${rounds}`;
    const less = saysLess('cli.dump.inputMegabytes', ofDump, readFigures());
    if (less) console.log('not written down: the recorded figures of dump are of a larger store');
    recordFigures({ ...ofVerify, ...(less ? {} : ofDump) }, { command, units });
  }
  const counts = checks({
    ...(rates === undefined ? {} : { 'verify --deep finds nothing in a healthy store': rates.damage === 0 }),
    'dump shows every record': dumps.every(({ exitCode, outputBytes }) => exitCode === 0 && outputBytes > 0),
    'dump of ten times as much takes no more memory': dumps[1].peakBytes < dumps[0].peakBytes * 1.5,
  });
  console.log(closingLine(counts));
  process.exitCode = counts.failed > 0 ? 1 : 0;
} finally {
  rmSync(home, { recursive: true, force: true });
}

function run(plan: CliPlan): Promise<unknown> {
  return runChild(PROGRAM, plan);
}

function dump(directory: string): Promise<CliEnd> {
  const plan: CliPlan = { task: 'command', words: ['dump', directory, '--json'] };
  return runChild<CliEnd>(PROGRAM, plan);
}

function ratesOf(directory: string): Promise<CliRates> {
  const plan: CliPlan = { task: 'rates', directory, rounds };
  return runChild<CliRates>(PROGRAM, plan);
}

function rateFigures({ bytes, scanMs, verifyMs }: CliRates): Readonly<Record<string, number>> {
  return {
    'cli.verify.gigabytesPerSecond': rounded(bytes / median(verifyMs) / MB),
    'cli.verify.ratioToScan': rounded(median(scanMs) / median(verifyMs)),
  };
}

function median(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[times.length >> 1] ?? 0;
}

function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
