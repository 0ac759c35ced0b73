import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { recordFigures } from '@seglog/tools';
import { checks, closingLine } from '../command/checks.js';
import { wholeNumber } from '../command/options.js';
import { progress } from '../command/progress.js';
import { usableDisks } from './disk-kinds.js';
import { DISK_KINDS, Disk, type DiskKind } from './disks.js';
import { type PowerCutResult, runPowerCuts } from './powercut.js';

/** A new file system now and then, so that none grows old and full. */
const CYCLES_OF_A_DISK = 20;

/** npm run figures:powercut -- --cycles 200 --seed 1 */
const { values } = parseArgs({
  options: {
    cycles: { type: 'string', default: '200' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
});
const cycles = wholeNumber('cycles', values.cycles);
const seed = wholeNumber('seed', values.seed);
const home = mkdtempSync(join(tmpdir(), 'seglog-powercut-'));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

try {
  const { kinds, skipped, shutdown } = await usableDisks(home);
  for (const [kind, problem] of Object.entries(skipped)) console.log(`skipped ${kind}: ${problem}`);
  const found = await cutAll(kinds, shutdown);
  const control = found.faults.length > 0 ? kinds : await lossesWithoutSync(kinds, shutdown);
  report(kinds, found, control);
} finally {
  if (process.exitCode !== 1) rmSync(home, { recursive: true, force: true });
}

/** Takes the kinds in turn, a share of the cycles each. */
async function cutAll(kinds: readonly DiskKind[], shutdown: string): Promise<PowerCutResult> {
  const show = progress();
  let sum: PowerCutResult = {
    cycles: 0,
    cuts: 0,
    acknowledged: 0,
    lost: 0,
    phantoms: 0,
    truncatedTails: 0,
    faults: [],
  };
  for (let turn = 0; sum.cycles < cycles && sum.faults.length === 0; turn += 1) {
    const kind = kinds[turn % kinds.length];
    if (kind === undefined) break;
    const part = Math.min(CYCLES_OF_A_DISK, cycles - sum.cycles);
    const syncs = ['always', 'group:2ms'];
    const result = await onDisk(kind, shutdown, { cycles: part, seed: seed + turn, syncs });
    sum = added(sum, result, kind);
    show(`${sum.cycles} of ${cycles} cycles: ${sum.acknowledged} acknowledged, ${sum.lost} lost`);
  }
  show();
  return sum;
}

/** What must be seen if the power is really cut: a writer that never syncs loses records. */
async function lossesWithoutSync(kinds: readonly DiskKind[], shutdown: string): Promise<readonly DiskKind[]> {
  const losing: DiskKind[] = [];
  for (const kind of kinds) {
    for (let attempt = 0; attempt < 5 && !losing.includes(kind); attempt += 1) {
      const result = await onDisk(kind, shutdown, {
        cycles: 1,
        seed: seed + attempt,
        syncs: ['never'],
        onlySynced: false,
      });
      if (result.lost > 0) losing.push(kind);
    }
  }
  return losing;
}

async function onDisk(
  kind: DiskKind,
  shutdown: string,
  options: {
    readonly cycles: number;
    readonly seed: number;
    readonly syncs: readonly string[];
    readonly onlySynced?: boolean;
  },
): Promise<PowerCutResult> {
  const disk = new Disk(kind, home, shutdown);
  try {
    const directory = join(home, 'ledgers');
    rmSync(directory, { recursive: true, force: true });
    return await runPowerCuts({ ...options, disk, directory });
  } finally {
    disk.unmount();
  }
}

function added(sum: PowerCutResult, one: PowerCutResult, kind: DiskKind): PowerCutResult {
  return {
    cycles: sum.cycles + one.cycles,
    cuts: sum.cuts + one.cuts,
    acknowledged: sum.acknowledged + one.acknowledged,
    lost: sum.lost + one.lost,
    phantoms: sum.phantoms + one.phantoms,
    truncatedTails: sum.truncatedTails + one.truncatedTails,
    faults: one.faults.map((fault) => `${kind}, cycle ${one.cycles}: ${fault}`),
  };
}

function report(kinds: readonly DiskKind[], found: PowerCutResult, losing: readonly DiskKind[]): void {
  const figures = {
    'powercut.cycles': found.cycles,
    'powercut.cuts': found.cuts,
    'powercut.acknowledged': found.acknowledged,
    'powercut.lost': found.lost,
    'powercut.phantoms': found.phantoms,
    'powercut.truncatedTails': found.truncatedTails,
    'powercut.filesystems': kinds.join(', ') || 'none',
    'powercut.losingWithoutSync': losing.join(', ') || 'none',
    'tiers.skipped': DISK_KINDS.length - kinds.length,
  };
  for (const [key, value] of Object.entries(figures)) console.log(`${key.padEnd(28)} ${value}`);
  for (const fault of found.faults)
    console.error(`- ${fault} (seed ${seed}; its image and ledger are in ${home})`);
  const held = checks({
    'nothing acknowledged is lost, nothing is there that nobody sent, and it opens without help':
      found.faults.length === 0,
    'a writer that never syncs does lose records: the power is really cut': losing.length === kinds.length,
  });
  if (kinds.length > 0 && held.failed === 0) {
    recordFigures(figures, {
      command: 'npm run figures:powercut',
      seed,
      units: { 'powercut.acknowledged': 'records' },
    });
  }
  console.log(closingLine({ ...held, skipped: DISK_KINDS.length - kinds.length }));
  process.exitCode = held.failed > 0 ? 1 : 0;
}
