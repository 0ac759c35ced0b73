import { EXIT } from '../place/exit-code.js';
import { openStore } from '../place/open-place.js';
import { bytesAtRisk, type LogPlan, type RootRehearsal, rehearse, rehearseRoot } from '../place/rehearsal.js';
import { storeLogs } from '../place/store-logs.js';
import { Progress } from '../terminal/progress.js';
import { escapedText } from '../text/escape.js';
import { type Paint, painter } from '../text/paint.js';
import { byteText, countOf } from '../text/units.js';
import { type CommandSpec, JSON_OPTION } from './command-spec.js';
import { flagGiven } from './given.js';
import { printJson, printLines } from './output.js';
import { planWords } from './plan-words.js';

export const planCommand: CommandSpec = {
  name: 'plan',
  summary: 'what opening the store would do, in words',
  description:
    'Opens every log on a copy in memory, as a writer would after a crash, and says what that does: what is read, cut, ' +
    'copied to quarantine and removed, how many bytes are at risk, and where opening refuses. The store itself is not touched. ' +
    'Beside a writer the plan is for the case that it dies now.',
  words: [{ name: '<dir>', description: 'a data root, the directory of a topic, or that of a partition' }],
  options: [{ flags: '--all', description: 'also logs for which there is nothing to do' }, JSON_OPTION],
  example: 'seglog plan ./data --all',
  exits: ['1 when something would refuse to open'],
  async run({ terminal, words, options }) {
    const place = await openStore(words[0] ?? '.');
    try {
      const root = await rehearseRoot(place);
      const logs = await storeLogs(place);
      const progress = new Progress(terminal, 'plan', logs.length);
      const plans: LogPlan[] = [];
      for (const log of logs) {
        terminal.signal.throwIfAborted();
        plans.push({ log, rehearsal: log.directory && (await rehearse(log.directory)) });
        progress.at(plans.length);
      }
      progress.end();
      if (flagGiven(options, 'json')) await printJson(terminal, asDocument(root, plans));
      else
        await printLines(
          terminal,
          planLines(root, plans, { paint: painter(terminal.colors), all: flagGiven(options, 'all') }),
        );
      return refuses(root, plans) ? EXIT.found : EXIT.ok;
    } finally {
      await place.close();
    }
  },
};

const refuses = (root: RootRehearsal, plans: readonly LogPlan[]): boolean =>
  root.refusals.length > 0 || plans.some(({ rehearsal }) => rehearsal?.opens !== true);

const riskOf = ({ rehearsal }: LogPlan): number => (rehearsal === undefined ? 0 : bytesAtRisk(rehearsal));

function asDocument(root: RootRehearsal, plans: readonly LogPlan[]): unknown {
  return {
    opens: !refuses(root, plans),
    bytesAtRisk: plans.reduce((total, plan) => total + riskOf(plan), 0),
    root,
    logs: plans.map((plan) => ({
      name: plan.log.name,
      path: plan.log.path,
      bytesAtRisk: riskOf(plan),
      ...(plan.rehearsal ?? { opens: false, refusal: MISSING }),
    })),
  };
}

const MISSING = { code: 'MISSING_SEGMENT', message: 'the catalog names it, and its directory is not there' };

function planLines(
  root: RootRehearsal,
  plans: readonly LogPlan[],
  { paint, all }: { readonly paint: Paint; readonly all: boolean },
): readonly string[] {
  const lines = root.refusals.map(({ message }) => paint('red', `the data root refuses to open: ${message}`));
  for (const path of root.removes) lines.push(`removes topics/${path}: deleted, or never made to the end`);
  let [idle, atRisk] = [0, 0];
  for (const plan of plans) {
    const { log, rehearsal } = plan;
    if (!all && isIdle(plan)) {
      idle += 1;
      continue;
    }
    atRisk += riskOf(plan);
    const words = rehearsal === undefined ? [`refuses to open: ${MISSING.message}`] : planWords(rehearsal);
    lines.push(paint('bold', escapedText(log.name)), ...words.map((word) => `  ${escapedText(word)}`));
  }
  if (idle > 0) lines.push(`${countOf(idle, 'log')} with nothing to do`);
  if (plans.some(({ log }) => log.name === 'wal'))
    lines.push('what stands in the write-ahead log alone is replayed into the partitions on top of this');
  lines.push(paint(atRisk > 0 ? 'yellow' : 'green', `${byteText(atRisk)} at risk`));
  if (refuses(root, plans))
    lines.push('next: seglog verify --deep names the damage; seglog repair goes on without it');
  return lines;
}

/** Closed cleanly, with nothing that an opening would change. */
function isIdle({ rehearsal }: LogPlan): boolean {
  if (rehearsal?.opens !== true) return false;
  const { clean, truncated, removed, gaps } = rehearsal.report;
  return clean && truncated === undefined && removed.length === 0 && gaps.length === 0;
}
