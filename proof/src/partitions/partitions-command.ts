import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { recordFigures } from '@seglog/tools';
import { checks, closingLine } from '../command/checks.js';
import { wholeNumber } from '../command/options.js';
import { runPartitions } from './partitions.js';

/** What the house promises of idle partitions. */
const MOST_OPEN_SECONDS = 20;
const MOST_RSS_MIB = 600;

/** npm run figures:partitions -- --topics 10 --partitions 1000 --max-open-files 512 */
const { values } = parseArgs({
  options: {
    topics: { type: 'string', default: '10' },
    partitions: { type: 'string', default: '1000' },
    'max-open-files': { type: 'string', default: '512' },
  },
});
const topics = wholeNumber('topics', values.topics);
const partitions = wholeNumber('partitions', values.partitions);
const maxOpenFiles = wholeNumber('max-open-files', values['max-open-files']);
const directory = mkdtempSync(join(tmpdir(), 'seglog-partitions-'));
try {
  const { created, opened } = await runPartitions({ directory, topics, partitions, maxOpenFiles });
  const figures = {
    'partitions.idle.count': opened.partitions,
    'partitions.idle.createSeconds': round(created.seconds),
    'partitions.idle.openSeconds': round(opened.seconds),
    'partitions.idle.closeSeconds': round(opened.closeSeconds),
    'partitions.idle.engineOpenSeconds': round(opened.engineSeconds),
    'partitions.idle.rssMiB': Math.round(opened.peakMiB),
    'partitions.idle.descriptors': opened.descriptors,
    'partitions.idle.descriptorsAllowed': maxOpenFiles,
  };
  for (const [key, value] of Object.entries(figures)) console.log(`${key.padEnd(36)} ${value}`);
  const seconds = Object.keys(figures).filter((key) => key.endsWith('Seconds'));
  const units = { ...Object.fromEntries(seconds.map((key) => [key, 's'])), 'partitions.idle.rssMiB': 'MiB' };
  recordFigures(figures, { command: 'npm run figures:partitions', units });
  const found = checks({
    'every partition was found': opened.partitions === topics * partitions,
    'every partition was clean, and nothing was scanned':
      opened.clean === opened.partitions && opened.scannedBytes === 0,
    [`they open in less than ${MOST_OPEN_SECONDS} s`]: opened.seconds < MOST_OPEN_SECONDS,
    [`in less than ${MOST_RSS_MIB} MiB`]: opened.peakMiB < MOST_RSS_MIB,
    [`with at most ${maxOpenFiles} descriptors`]: opened.descriptors <= maxOpenFiles,
  });
  console.log(closingLine(found));
  process.exitCode = found.failed > 0 ? 1 : 0;
} finally {
  rmSync(directory, { recursive: true, force: true });
}

function round(seconds: number): number {
  return Math.round(seconds * 100) / 100;
}
