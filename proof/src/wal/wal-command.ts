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
  const many = await compareAppends({ directory, partitions: 100, producers: 64, valueBytes, seconds });
  note('wal.manyPartitions.ahead', Math.round(many.ahead));
  note('wal.manyPartitions.plain', Math.round(many.plain));
  note('wal.manyPartitions.times', round(many.ahead / many.plain));
  const one = await compareAppends({ directory, partitions: 1, producers: 1, valueBytes, seconds });
  note('wal.onePartition.ahead', Math.round(one.ahead));
  note('wal.onePartition.plain', Math.round(one.plain));
  note('wal.onePartition.times', round(one.ahead / one.plain));
  const together = await compareAppends({ directory, partitions: 1, producers: 64, valueBytes, seconds });
  note('wal.onePartition64.ahead', Math.round(together.ahead));
  note('wal.onePartition64.plain', Math.round(together.plain));
  note('wal.onePartition64.times', round(together.ahead / together.plain));
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
      'wal.manyPartitions.ahead': 'appends/s',
      'wal.manyPartitions.plain': 'appends/s',
      'wal.onePartition.ahead': 'appends/s',
      'wal.onePartition.plain': 'appends/s',
      'wal.onePartition64.ahead': 'appends/s',
      'wal.onePartition64.plain': 'appends/s',
      ...Object.fromEntries(
        Object.keys(figures)
          .filter((key) => key.startsWith('wal.ack.'))
          .map((key) => [key, 'ms']),
      ),
      'wal.replay.records': 'records/s',
      'wal.replay.memory': 'MiB',
    },
  });
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
