import { PreadDirectory } from '@seglog/fs-pread';
import { EXIT } from '../place/exit-code.js';
import { CODEC_OPTION, formatsGiven } from '../place/load-formats.js';
import { requireRoot } from '../place/open-place.js';
import { type RepairedLog, type RepairedStore, repairStore } from '../repair/store-repair.js';
import { escapedText } from '../text/escape.js';
import { type CommandSpec, JSON_OPTION } from './command-spec.js';
import { flagGiven, misuse } from './given.js';
import { printJson, printLines } from './output.js';
import { ENDS_ONLY, planCommand } from './plan-command.js';
import { reportWords } from './plan-words.js';
import { repairCatalog, repairSession } from './repair-metadata.js';
import { repairUnapplied } from './repair-unapplied.js';
import { replayWords } from './replay-words.js';

export const repairCommand: CommandSpec = {
  name: 'repair',
  summary: 'bring a store in order; with --write only',
  description:
    'Opens every partition as a writer does after a crash, which cuts torn ends and removes leftovers, replays a write-ahead log, ' +
    'and closes the store cleanly. With --salvage it also goes on where synced records are damaged: whole frames are kept, damaged ' +
    'bytes go to quarantine, lost offsets are noted for ever; a damaged write-ahead log is copied to quarantine/ first, and writes ' +
    'that no partition can take are kept in wal-unapplied/; a lost CURRENT names the manifest again, if there is only one. With --catalog it rebuilds a catalog that is lost or damaged from the ' +
    'directories of topics, with --session a session from the epochs in every frame; the old files stay beside them. With ' +
    '--unapplied it brings what is in wal-unapplied/ to the partitions that it belongs to, once they are there and where it goes on ' +
    'at the end of what they hold; everything else stays there. Without --write it only says what it would do.',
  words: [{ name: '<dir>', description: 'a data root' }],
  options: [
    { flags: '--write', description: 'do it; keep a copy of the directory first' },
    { flags: '--salvage', description: 'give up damaged records, and keep everything else' },
    { flags: '--catalog', description: 'rebuild a lost catalog, and nothing else' },
    { flags: '--session', description: 'rebuild a lost or outdated SESSION file, and nothing else' },
    { flags: '--unapplied', description: 'bring back what is in wal-unapplied/ and fits, and nothing else' },
    CODEC_OPTION,
    JSON_OPTION,
  ],
  example: 'seglog repair ./data --salvage --write',
  exits: ['1 when something is left that could not be repaired'],
  async run(call) {
    const { words, options, terminal } = call;
    const path = words[0] ?? '.';
    const ways = WAYS.filter((name) => flagGiven(options, name));
    if (ways.length > 1)
      throw misuse('repair takes one of --salvage, --catalog, --session and --unapplied at a time');
    await requireRoot(path);
    const formats = await formatsGiven(options);
    if (ways[0] === 'catalog') return repairCatalog(path, call, formats);
    if (ways[0] === 'session') return repairSession(path, call, formats);
    if (ways[0] === 'unapplied') return repairUnapplied(path, call, formats);
    if (!flagGiven(options, 'write')) {
      const code = await planCommand.run({ ...call, options: { ...options, all: true } });
      if (!flagGiven(options, 'json')) await printLines(terminal, [NOTHING_WRITTEN]);
      return code;
    }
    const disk = new PreadDirectory(path, { create: false });
    try {
      const onCorruption = ways[0] === 'salvage' ? 'salvage' : 'fail';
      const store = await repairStore(disk, { onCorruption, formats });
      if (flagGiven(options, 'json')) await printJson(terminal, store);
      else await printLines(terminal, storeLines(store));
      return isLeft(store) ? EXIT.found : EXIT.ok;
    } finally {
      await disk.close();
    }
  },
};

const WAYS = ['salvage', 'catalog', 'session', 'unapplied'];
const WAYS_LEFT = 'next: seglog plan shows the ways to go on; --salvage gives up what is damaged';
const NOTHING_WRITTEN =
  'nothing was written: keep a copy of the directory, then add --write; --salvage also goes on where something refuses to open';

const isLeft = ({ logs, replay }: RepairedStore): boolean =>
  logs.some(({ failure }) => failure !== undefined) || (replay?.waiting ?? 0) > 0;

function storeLines(store: RepairedStore): readonly string[] {
  const { logs, replay, copy, walLost, renamed } = store;
  const lines = copy === undefined ? [] : [`the damaged write-ahead log was copied to ${copy}`];
  if (walLost) lines.push('the write-ahead log is gone, and with it every write that only it held');
  for (const { name, manifest } of renamed)
    lines.push(`the lost CURRENT of ${escapedText(name)} names ${manifest} again, the only one there is`);
  lines.push(...logs.flatMap(logLines));
  if (replay !== undefined) lines.push('replay', ...replayWords(replay).map((words) => `  ${words}`));
  lines.push(isLeft(store) ? WAYS_LEFT : ENDS_ONLY);
  return lines;
}

function logLines({ name, report, failure }: RepairedLog): readonly string[] {
  const words =
    failure === undefined ? (report === undefined ? [] : reportWords(report)) : [`not opened: ${failure}`];
  return [escapedText(name), ...words.map((word) => `  ${escapedText(word)}`)];
}
