import { EXIT } from '../place/exit-code.js';
import { CODEC_OPTION, formatsGiven } from '../place/load-formats.js';
import { openStore } from '../place/open-place.js';
import { bytesAtRisk, type LogPlan, type RootRehearsal, rehearse, rehearseRoot } from '../place/rehearsal.js';
import { type ReplayRehearsal, rehearseReplay } from '../place/replay-rehearsal.js';
import { storeLogs } from '../place/store-logs.js';
import { Progress } from '../terminal/progress.js';
import { escapedText } from '../text/escape.js';
import { type Paint, painter } from '../text/paint.js';
import { byteText, countOf } from '../text/units.js';
import { type CommandSpec, JSON_OPTION } from './command-spec.js';
import { flagGiven } from './given.js';
import { printJson, printLines } from './output.js';
import { planWords } from './plan-words.js';
import { replayPlanWords } from './replay-words.js';

export const planCommand: CommandSpec = {
  name: 'plan',
  summary: 'what opening the store would do, in words',
  description:
    'Opens every log on a copy in memory, as a writer would after a crash, and says what that does: what is read, cut, ' +
    'copied to quarantine and removed, how many bytes are at risk, and where opening refuses. The store itself is not touched. ' +
    'Beside a writer the plan is for the case that it dies now.',
  words: [{ name: '<dir>', description: 'a data root, the directory of a topic, or that of a partition' }],
  options: [
    { flags: '--all', description: 'also logs for which there is nothing to do' },
    CODEC_OPTION,
    JSON_OPTION,
  ],
  example: 'seglog plan ./data --all',
  exits: ['1 when something would refuse to open'],
  async run({ terminal, words, options }) {
    const place = await openStore(words[0] ?? '.');
    try {
      const formats = await formatsGiven(options);
      const root = await rehearseRoot(place, formats);
      const logs = await storeLogs(place);
      const progress = new Progress(terminal, 'plan', logs.length);
      const plans: LogPlan[] = [];
      for (const log of logs) {
        terminal.signal.throwIfAborted();
        plans.push({ log, rehearsal: log.directory && (await rehearse(log.directory, formats)) });
        progress.at(plans.length);
      }
      const replay = await rehearseReplay(place, formats);
      progress.end();
      const plan = { root, logs: plans, replay };
      if (flagGiven(options, 'json')) await printJson(terminal, asDocument(plan));
      else
        await printLines(
          terminal,
          planLines(plan, { paint: painter(terminal.colors), all: flagGiven(options, 'all') }),
        );
      return refuses(plan) ? EXIT.found : EXIT.ok;
    } finally {
      await place.close();
    }
  },
};

/** What opening a store does: before any log is opened, to each log, and with the write-ahead log. */
interface StorePlan {
  readonly root: RootRehearsal;
  readonly logs: readonly LogPlan[];
  readonly replay: ReplayRehearsal | undefined;
}

/** An opening that finds nothing wrong says little about what lies before the end of a log. */
export const ENDS_ONLY = 'opening reads the ends of logs only: seglog verify --deep reads everything';

const refuses = ({ root, logs, replay }: StorePlan): boolean =>
  root.refusals.length > 0 ||
  logs.some(({ rehearsal }) => rehearsal?.opens !== true) ||
  replay?.replays === false;

const riskOf = ({ rehearsal }: LogPlan): number => (rehearsal === undefined ? 0 : bytesAtRisk(rehearsal));

function asDocument(store: StorePlan): unknown {
  const { root, logs, replay } = store;
  return {
    opens: !refuses(store),
    bytesAtRisk: logs.reduce((total, plan) => total + riskOf(plan), 0),
    root,
    replay,
    logs: logs.map((plan) => ({
      name: plan.log.name,
      path: plan.log.path,
      bytesAtRisk: riskOf(plan),
      ...(plan.rehearsal ?? { opens: false, refusal: MISSING }),
    })),
  };
}

const MISSING = { code: 'MISSING_SEGMENT', message: 'the catalog names it, and its directory is not there' };

function planLines(
  store: StorePlan,
  { paint, all }: { readonly paint: Paint; readonly all: boolean },
): readonly string[] {
  const { root, logs, replay } = store;
  const lines = root.refusals.map(({ message }) => paint('red', `the data root refuses to open: ${message}`));
  for (const path of root.removes) lines.push(`removes topics/${path}: deleted, or never made to the end`);
  let [idle, atRisk] = [0, 0];
  for (const plan of logs) {
    const { log, rehearsal } = plan;
    if (!all && isIdle(plan)) {
      idle += 1;
      continue;
    }
    atRisk += riskOf(plan);
    const words = rehearsal === undefined ? [`refuses to open: ${MISSING.message}`] : planWords(rehearsal);
    lines.push(paint('bold', escapedText(log.name)), ...indented(words));
  }
  if (idle > 0) lines.push(`${countOf(idle, 'log')} with nothing to do`);
  // Where the data root refuses, a replay says the same once more.
  if (replay !== undefined && root.refusals.length === 0)
    lines.push(paint('bold', 'replay of the write-ahead log'), ...indented(replayPlanWords(replay)));
  lines.push(paint(atRisk > 0 ? 'yellow' : 'green', `${byteText(atRisk)} at risk`));
  lines.push(
    refuses(store)
      ? 'next: seglog verify --deep names the damage; seglog repair goes on without it'
      : ENDS_ONLY,
  );
  return lines;
}

const indented = (words: readonly string[]): readonly string[] =>
  words.map((word) => `  ${escapedText(word)}`);

/** Closed cleanly, with nothing that an opening would change. */
function isIdle({ rehearsal }: LogPlan): boolean {
  if (rehearsal?.opens !== true) return false;
  const { clean, truncated, removed, gaps } = rehearsal.report;
  return clean && truncated === undefined && removed.length === 0 && gaps.length === 0;
}
