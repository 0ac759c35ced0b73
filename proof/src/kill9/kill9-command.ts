import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readFigures, recordFigures } from '@seglog/tools';
import { closingLine } from '../command/checks.js';
import { wholeNumber, wordOf } from '../command/options.js';
import { progress } from '../command/progress.js';
import { saysLess } from '../command/says-less.js';
import type { Codec, Reader } from '../engine/open-engine.js';
import { EVERY_KIND, type Kill9Result, runKill9 } from './kill9.js';
import { KILL9_UNITS, kill9Figures, kill9Story } from './kill9-figures.js';

/** npm run figures:kill9 -- --cycles 300 --seed 1 --reader mmap --codec batch --sync always --dir somewhere */
const { values } = parseArgs({
  options: {
    cycles: { type: 'string', default: '300' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    reader: { type: 'string' },
    codec: { type: 'string' },
    sync: { type: 'string' },
    dir: { type: 'string' },
  },
});
const cycles = wholeNumber('cycles', values.cycles);
const seed = wholeNumber('seed', values.seed);
const readers =
  values.reader === undefined ? [] : [wordOf<Reader>('reader', values.reader, ['pread', 'mmap'])];
const codecs = values.codec === undefined ? [] : [wordOf<Codec>('codec', values.codec, ['batch', 'plain'])];
const directory = values.dir ?? mkdtempSync(join(tmpdir(), 'seglog-kill9-'));

const show = progress();
let records = 0;
const result = await runKill9({
  directory,
  cycles,
  seed,
  readers: readers.length > 0 ? readers : EVERY_KIND.readers,
  codecs: codecs.length > 0 ? codecs : EVERY_KIND.codecs,
  syncs: values.sync === undefined ? EVERY_KIND.syncs : [values.sync],
  onCycle: (cycle, check) => {
    records += check.records;
    show(`cycle ${cycle} of ${cycles}: ${records} records read back, ${check.lost} lost`);
  },
});
show();
report(result);
const held = result.faults.length === 0 && result.cycles === cycles;
if (held && values.dir === undefined) rmSync(directory, { recursive: true, force: true });
process.exitCode = held ? 0 : 1;

function report(found: Kill9Result): void {
  const figures = kill9Figures(found);
  for (const [key, value] of Object.entries(figures)) console.log(`${key.padEnd(22)} ${value}`);
  console.log(
    'The page cache outlives a killed process: this shows safety against its death, not against a power cut.',
  );
  const failed = found.faults.length > 0 ? 1 : 0;
  if (failed > 0) console.error(`\n${kill9Story(found, { seed, directory })}`);
  else if (isSample(figures))
    console.log('not written down: the recorded figures are of more cycles, or kinds');
  else recordFigures(figures, { command: 'npm run figures:kill9', seed, units: KILL9_UNITS });
  console.log(closingLine({ passed: found.cycles - failed, failed, skipped: 0 }));
}

/** A run of fewer cycles than the recorded one, or of some kinds of them only. */
function isSample(figures: Readonly<Record<string, number>>): boolean {
  const some = [values.reader, values.codec, values.sync].some((choice) => choice !== undefined);
  return some || saysLess('kill9.cycles', figures, readFigures());
}
