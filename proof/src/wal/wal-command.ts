import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { recordFigures } from '@seglog/tools';
import { wholeNumber } from '../command/options.js';
import { measureAcks, PERCENTILES } from './measure-acks.js';
import { compareAppends } from './measure-appends.js';
import { measureReplay } from './measure-replay.js';
import { runBank } from './run-bank.js';

/** npm run figures:wal -- --seconds 6 --records 2000000 --bank 200 --dir somewhere --dry */
const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '6' },
    records: { type: 'string', default: '2000000' },
    bank: { type: 'string', default: '200' },
    dir: { type: 'string', default: tmpdir() },
    /** Prints the figures and writes none of them down. */
    dry: { type: 'boolean', default: false },
  },
});
const seconds = wholeNumber('seconds', values.seconds);
const records = wholeNumber('records', values.records);
const cycles = wholeNumber('bank', values.bank);
const directory = mkdtempSync(join(values.dir, 'seglog-wal-'));
const LOADS = {
  manyPartitions: { partitions: 100, producers: 64 },
  manyPartitionsBlocking: { partitions: 100, producers: 64, blockingSyncs: true },
  onePartition: { partitions: 1, producers: 1 },
  onePartition64: { partitions: 1, producers: 64 },
} as const;
const figures: Record<string, number> = {};
const note = (key: string, value: number): void => {
  figures[key] = value;
  console.log(`${key.padEnd(34)} ${value}`);
};

/** A distribution, in milliseconds. */
const show = (what: string, times: readonly number[]): void => {
  const columns = PERCENTILES.map((share, i) => `p${share * 100} ${round(times[i] ?? 0)}`);
  console.log(`${what.padEnd(34)} ${columns.join('  ')}`);
};
const at = (times: readonly number[], share: (typeof PERCENTILES)[number]): number =>
  times[PERCENTILES.indexOf(share)] ?? 0;

try {
  const valueBytes = 100;
  for (const [name, load] of Object.entries(LOADS)) {
    const { ahead, plain } = await compareAppends({ ...load, directory, valueBytes, seconds });
    note(`wal.${name}.ahead`, Math.round(ahead));
    note(`wal.${name}.plain`, Math.round(plain));
    note(`wal.${name}.times`, round(ahead / plain));
  }
  for (const arrival of ['trickle', 'bursts', 'random'] as const) {
    const acks = await measureAcks({ directory, arrival, appends: 2000, maxDelayMs: 5 });
    show(`waits of ${arrival}, deadline 5 ms`, acks.waits);
    show('  of that beyond deadline and syncs', acks.beyond);
    note(`wal.ack.${arrival}.p50`, round(at(acks.waits, 0.5)));
    note(`wal.ack.${arrival}.p99`, round(at(acks.waits, 0.99)));
    note(`wal.ack.${arrival}.max`, round(at(acks.waits, 1)));
    note(`wal.ack.${arrival}.beyond.p99`, round(at(acks.beyond, 0.99)));
  }
  const replay = await measureReplay({ directory, records, valueBytes });
  note('wal.replay.records', Math.round(replay.recordsPerSecond));
  note('wal.replay.memory', Math.round(replay.peakMiB));
  const bank = runBank(cycles);
  note('wal.bank.cycles', cycles);
  note('wal.bank.transfers', bank.transfers);
  note('wal.bank.lost', bank.lost);
  note('wal.bank.brokenSums', bank.brokenSums);
} finally {
  rmSync(directory, { recursive: true, force: true });
}
if (!values.dry) {
  recordFigures(figures, {
    command: 'npm run figures:wal',
    units: {
      ...unitOf('appends/s', /\.(ahead|plain)$/),
      ...unitOf('ms', /^wal\.ack\./),
      'wal.replay.records': 'records/s',
      'wal.replay.memory': 'MiB',
    },
  });
}

function unitOf(unit: string, pattern: RegExp): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.keys(figures)
      .filter((key) => pattern.test(key))
      .map((key) => [key, unit]),
  );
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
