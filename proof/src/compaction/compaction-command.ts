import { parseArgs } from 'node:util';
import { recordFigures } from '@seglog/tools';
import { checks, closingLine } from '../command/checks.js';
import { measureManyKeys, measureReaders, measureSpeed } from './compaction-figures.js';

const MiB = 2 ** 20;
const UNITS = {
  'compaction.rate': 'records/s',
  'compaction.mapBytes': 'bytes',
  'compaction.mapBound': 'bytes',
};

/** npm run figures:compaction -- --small (a tenth of everything) --dry (writes no figures) */
const { values } = parseArgs({
  options: { small: { type: 'boolean', default: false }, dry: { type: 'boolean', default: false } },
});
const scale = values.small ? 0.1 : 1;
const keys = 10_000_000 * scale;
const mapBound = 128 * MiB * scale;

const speeds = [];
for (let round = 0; round < 3; round += 1) speeds.push(await measureSpeed(4_000_000 * scale));
const rates = speeds.map(({ recordsPerSecond }) => recordsPerSecond).toSorted((a, b) => a - b);
const full = await measureManyKeys(keys, Math.floor(mapBound));
const reading = await measureReaders(30_000 * scale);
const figures = {
  'compaction.rate': Math.round(rates[1] ?? 0),
  'compaction.survivors': Math.round((speeds[0]?.survivors ?? 0) * 1000) / 1000,
  'compaction.diskRatio': Math.round(Math.max(...speeds.map(({ diskRatio }) => diskRatio)) * 1000) / 1000,
  'compaction.distinctKeys': keys,
  'compaction.mapBound': Math.floor(mapBound),
  'compaction.mapBytes': full.largestMapBytes,
  'compaction.passes': full.passes,
  'compaction.readRecords': reading.recordsRead,
  'compaction.readViolations': reading.violations,
};
for (const [key, value] of Object.entries(figures)) console.log(`${key.padEnd(28)} ${value}`);
if (!values.dry) recordFigures(figures, { command: 'npm run figures:compaction', units: UNITS });
const counts = checks({
  'the log takes at most 1.1 times the room of a fresh one': figures['compaction.diskRatio'] <= 1.1,
  'a map that was full held no more than its bound': full.largestMapBytes <= mapBound,
  'later passes went on, and everything that was replaced is gone': full.passes > 1 && full.removed === 1000,
  'readers saw every record in order, and every gap': reading.violations === 0 && reading.recordsRead > 0,
  'the log was compacted while they read': reading.compactions > 0,
});
console.log(closingLine(counts));
process.exitCode = counts.failed > 0 ? 1 : 0;
