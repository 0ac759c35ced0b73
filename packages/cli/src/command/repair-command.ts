import type { StorageDirectory } from '@seglog/core';
import { PreadDirectory } from '@seglog/fs-pread';
import { CommandFailure, EXIT, type ExitCode } from '../place/exit-code.js';
import { openStore } from '../place/open-place.js';
import { childOf } from '../place/store-logs.js';
import { type CatalogPlan, planCatalog, rebuildCatalog } from '../repair/catalog-rebuild.js';
import { type RepairedLog, repairStore } from '../repair/store-repair.js';
import type { Terminal } from '../terminal/terminal.js';
import { escapedText } from '../text/escape.js';
import { countOf } from '../text/units.js';
import { type CommandCall, type CommandSpec, JSON_OPTION } from './command-spec.js';
import { flagGiven } from './given.js';
import { printJson, printLines } from './output.js';
import { planCommand } from './plan-command.js';
import { reportWords } from './plan-words.js';

export const repairCommand: CommandSpec = {
  name: 'repair',
  summary: 'bring a store in order; with --write only',
  description:
    'Opens every partition as a writer does after a crash, which cuts torn ends and removes leftovers, and closes the store cleanly. ' +
    'With --salvage it also goes on where synced records are damaged: whole frames are kept, damaged bytes go to quarantine, lost ' +
    'offsets are noted for ever. With --catalog it rebuilds a catalog that is lost or damaged from the directories of topics; the old ' +
    'files stay beside it. Without --write it only says what it would do.',
  words: [{ name: '<dir>', description: 'a data root' }],
  options: [
    { flags: '--write', description: 'do it; keep a copy of the directory first' },
    { flags: '--salvage', description: 'give up damaged records, and keep everything else' },
    { flags: '--catalog', description: 'rebuild a lost catalog, and nothing else' },
    JSON_OPTION,
  ],
  example: 'seglog repair ./data --salvage --write',
  exits: ['1 when something is left that could not be repaired'],
  async run(call) {
    const { words, options } = call;
    const path = words[0] ?? '.';
    await requireRoot(path);
    if (flagGiven(options, 'catalog')) return repairCatalog(path, call);
    if (!flagGiven(options, 'write')) return planCommand.run({ ...call, options: { ...options, all: true } });
    const disk = new PreadDirectory(path, { create: false });
    try {
      await requireNoWal(disk);
      const logs = await repairStore(disk, flagGiven(options, 'salvage') ? 'salvage' : 'fail');
      if (flagGiven(options, 'json')) await printJson(call.terminal, { logs });
      else await printLines(call.terminal, logs.flatMap(logLines));
      return logs.some(({ failure }) => failure !== undefined) ? EXIT.found : EXIT.ok;
    } finally {
      await disk.close();
    }
  },
};

/** Only a data root has the lock that keeps other writers away. */
export async function requireRoot(path: string): Promise<void> {
  const place = await openStore(path);
  await place.close();
  if (place.kind === 'root') return;
  throw new CommandFailure(`${path} is not a data root`, {
    exitCode: EXIT.noStore,
    code: 'NO_ROOT',
    wayOut: 'give the directory that holds SESSION and topics/: its lock keeps other writers away meanwhile',
  });
}

/** What stands in a write-ahead log alone is brought into the partitions by the engine that wrote it. */
export async function requireNoWal(disk: StorageDirectory): Promise<void> {
  if ((await childOf(disk, 'wal')) === undefined) return;
  throw new CommandFailure('the store has a write-ahead log, which this command does not replay', {
    exitCode: EXIT.failed,
    code: 'HAS_WAL',
    wayOut: 'open the store with an engine that has the write-ahead log, and close it; nothing was changed',
  });
}

function logLines({ name, report, failure }: RepairedLog): readonly string[] {
  const words =
    failure === undefined ? (report === undefined ? [] : reportWords(report)) : [`not opened: ${failure}`];
  return [escapedText(name), ...words.map((word) => `  ${escapedText(word)}`)];
}

async function repairCatalog(path: string, { terminal, options }: CommandCall): Promise<ExitCode> {
  const write = flagGiven(options, 'write');
  const disk = new PreadDirectory(path, { create: false });
  try {
    const plan = write ? await rebuilt(disk) : await planCatalog(disk);
    const due = plan.complaint !== undefined;
    if (flagGiven(options, 'json')) await printJson(terminal, { written: write && due, ...plan });
    else await printCatalog(terminal, plan, write);
    return EXIT.ok;
  } finally {
    await disk.close();
  }
}

/** Looks and writes with the lock held, so that no writer comes between. */
async function rebuilt(disk: PreadDirectory): Promise<CatalogPlan> {
  const lock = await disk.lock('LOCK');
  try {
    const plan = await planCatalog(disk);
    if (plan.complaint !== undefined) await rebuildCatalog(disk, plan);
    return plan;
  } finally {
    await lock[Symbol.asyncDispose]();
  }
}

async function printCatalog(terminal: Terminal, plan: CatalogPlan, write: boolean): Promise<void> {
  const { complaint, topics, strays } = plan;
  if (complaint === undefined) {
    await printLines(terminal, ['the catalog can be read: nothing to do']);
    return;
  }
  const lines = [escapedText(complaint)];
  for (const { topic, known } of topics) {
    const how = known
      ? 'as the old catalog said'
      : 'with string keys, json values and no compaction: nothing tells what it had';
    lines.push(`topic ${topic.name}, ${countOf(topic.partitions, 'partition')}, ${how}`);
  }
  for (const stray of strays) lines.push(`topics/${escapedText(stray)} is no topic: left alone`);
  lines.push(
    write
      ? 'the catalog was rebuilt; the old files are beside it, named lost-*'
      : 'nothing was written: add --write to rebuild the catalog',
  );
  lines.push('topics that were deleted, and whose files were not gone yet, are back');
  await printLines(terminal, lines);
}
