import { setTimeout } from 'node:timers/promises';
import type { KnownFormats } from '@seglog/core';
import { recordText } from '../dump/dump-items.js';
import { LogFollower } from '../dump/log-follower.js';
import { CommandFailure, EXIT } from '../place/exit-code.js';
import { CODEC_OPTION, formatsGiven } from '../place/load-formats.js';
import { openStore } from '../place/open-place.js';
import { type StoreLog, storeLogs } from '../place/store-logs.js';
import { LineWriter } from '../terminal/line-writer.js';
import { escapedText } from '../text/escape.js';
import { type CommandSpec, LINES_OPTION } from './command-spec.js';
import { unknownLog } from './dump-command.js';
import { flagGiven, numberGiven, textGiven } from './given.js';

const LOOK_MS = 200;

export const tailCommand: CommandSpec = {
  name: 'tail',
  summary: 'the last records, and with -f each new one',
  description:
    'Shows the last records of each partition or of one, and with -f goes on with what a writer appends, in this process or in ' +
    'another, until it is interrupted. Shows what is written, which may not be durable yet.',
  words: [{ name: '<dir>', description: 'a data root, the directory of a topic, or that of a partition' }],
  options: [
    { flags: '-f, --follow', description: 'go on with what is appended' },
    { flags: '-n, --lines <n>', description: 'so many of the last records of each partition; default 10' },
    { flags: '--log <name>', description: 'only this log, by the name that stat shows: flights/0' },
    CODEC_OPTION,
    LINES_OPTION,
  ],
  example: 'seglog tail ./data -n 1',
  exits: [],
  async run({ terminal, words, options }) {
    const lines = numberGiven(options, 'lines') ?? 10;
    const formats = await formatsGiven(options);
    const place = await openStore(words[0] ?? '.');
    const writer = new LineWriter(terminal.output);
    const json = flagGiven(options, 'json');
    try {
      const only = textGiven(options, 'log');
      const logs = (await storeLogs(place)).filter(({ name }) => only === undefined || name === only);
      if (logs.length === 0 && only !== undefined) throw unknownLog(only);
      const named = logs.length > 1;
      const followers = logs.map((log) => ({ log, follower: followerOf(log, { lines, formats }) }));
      do {
        for (const { log, follower } of followers) {
          await follower.look((record) => {
            const text = json
              ? JSON.stringify({ log: log.name, ...record })
              : `${named ? `${escapedText(log.name)} ` : ''}${recordText(record)}`;
            return writer.line(text);
          });
        }
        await writer.flush();
      } while (flagGiven(options, 'follow') && (await pause(terminal.signal)));
      return EXIT.ok;
    } finally {
      await place.close();
    }
  },
};

function followerOf(
  { directory, name }: StoreLog,
  { lines, formats }: { readonly lines: number; readonly formats: KnownFormats },
): LogFollower {
  if (directory !== undefined) return new LogFollower(directory, { lines, formats });
  throw new CommandFailure(`the directory of ${name} is not there`, {
    exitCode: EXIT.failed,
    code: 'MISSING_SEGMENT',
    wayOut: 'choose another log with --log; seglog stat lists them',
  });
}

/** False once the user has had enough. */
async function pause(signal: AbortSignal): Promise<boolean> {
  try {
    await setTimeout(LOOK_MS, undefined, { signal });
    return true;
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  }
}
