import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { recordFigures } from '@seglog/tools';
import { wholeNumber, wordOf } from '../command/options.js';
import { progress } from '../command/progress.js';
import type { Codec, Reader } from '../engine/open-engine.js';
import { type Kill9Result, runKill9 } from './kill9.js';

const SYNCS = ['always', 'group:2ms', 'appends:20,50ms', 'ms:10', 'never'];

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
  readers: readers.length > 0 ? readers : ['pread', 'mmap'],
  codecs: codecs.length > 0 ? codecs : ['batch', 'batch', 'batch', 'plain'],
  syncs: values.sync === undefined ? SYNCS : [values.sync],
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
  const figures = {
    'kill9.cycles': found.cycles,
    'kill9.kills': found.kills,
    'kill9.acknowledged': found.acknowledged,
    'kill9.lost': found.lost,
    'kill9.phantoms': found.phantoms,
    'kill9.truncatedTails': found.truncatedTails,
    'kill9.tornTails': found.tornTails,
    'kill9.openMs.p50': milliseconds(found.openMs[Math.floor(found.openMs.length / 2)]),
    'kill9.openMs.max': milliseconds(found.openMs.at(-1)),
  };
  for (const [key, value] of Object.entries(figures)) console.log(`${key.padEnd(22)} ${value}`);
  console.log(
    'The page cache outlives a killed process: this shows safety against its death, not against a power cut.',
  );
  if (found.faults.length === 0) {
    const units = { 'kill9.acknowledged': 'records', 'kill9.openMs.p50': 'ms', 'kill9.openMs.max': 'ms' };
    recordFigures(figures, { command: 'npm run figures:kill9', seed, units });
  } else {
    console.error(
      `\ncycle ${found.cycles} of seed ${seed} did not hold; its data and ledger are in ${directory}`,
    );
    for (const fault of found.faults) console.error(`- ${fault}`);
    for (const [name, { offsets: _, ...said }] of found.reports)
      console.error(`${name}: ${JSON.stringify(said)}`);
  }
  console.log(
    `${found.cycles - (found.faults.length > 0 ? 1 : 0)} passed, ${found.faults.length > 0 ? 1 : 0} failed, 0 skipped`,
  );
}

function milliseconds(value: number | undefined): number {
  return Math.round((value ?? 0) * 10) / 10;
}
