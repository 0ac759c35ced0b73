import type { Figure, Figures } from './figure.js';

/** A row of the table: its words, and the figures that stand in it. */
interface Row {
  readonly words: string;
  readonly keys: readonly string[];
  /** What stands between two figures of one cell. */
  readonly joint?: string;
}

const ROWS: readonly Row[] = [
  { words: 'states that a power cut may leave, recovered and checked', keys: ['crash.states'] },
  { words: 'of these, states in which something was lost, invented or changed', keys: ['crash.violations'] },
  { words: 'workloads of which every call was a power cut', keys: ['crash.workloads'] },
  { words: 'of these, with every call of every recovery as well', keys: ['crash.workloadsInDepth'] },
  { words: 'states recovered and checked in a second of one core', keys: ['crash.statesPerSecondPerCore'] },
  {
    words: 'states gone through in a second of one core, those that equal one recovered before included',
    keys: ['crash.resolutionsPerSecondPerCore'],
  },
  { words: 'rows of three power cuts (four in long runs), drawn by chance', keys: ['crash.walks'] },
  {
    words: 'errors of the system, at every call, once and for ever: tried, of all that there are',
    keys: ['errno.covered', 'errno.cells'],
    joint: ' of ',
  },
  {
    words: 'flipped bits of whole stores; with wrong bytes shown',
    keys: ['bitflips.tried', 'bitflips.wrong'],
  },
  {
    words: 'damaged inputs of decoders; that crashed, hung or took memory',
    keys: ['fuzz.inputs', 'fuzz.failures'],
  },
  { words: 'commands compared with a model', keys: ['model.commands'] },
  { words: 'planted bugs that were caught, of all', keys: ['planted.caught', 'planted.bugs'], joint: ' of ' },
  {
    words: 'real processes killed under load; acknowledged records lost',
    keys: ['kill9.cycles', 'kill9.lost'],
  },
  {
    words: 'real file systems cut off under load; acknowledged records lost',
    keys: ['powercut.cuts', 'powercut.lost'],
  },
  { words: 'branches reached by tests: frames', keys: ['coverage.branch.frame'] },
  { words: 'branches reached by tests: segments', keys: ['coverage.branch.segment'] },
  { words: 'branches reached by tests: recovery', keys: ['coverage.branch.recovery'] },
  { words: 'branches reached by tests: manifest', keys: ['coverage.branch.manifest'] },
  { words: 'tests of `npm run test:ci` that could not run on this machine', keys: ['tiers.skipped'] },
];

const LONG = 'long.';

/** The table of docs/durability.md: what was found last, in each CI run and in long ones. */
export function durabilitySection(figures: Figures): string {
  const rows = ROWS.map((row) => {
    const taken = figures[row.keys[0] ?? ''];
    return `| ${row.words} | ${cell(figures, row, '')} | ${taken === undefined ? '' : `\`${taken.command}\``} | ${cell(figures, row, LONG)} |`;
  });
  return [
    '| figure | last taken | by | in the last long run |',
    '|---|---:|---|---:|',
    ...rows,
    '',
    sentence('The searches of `npm run test:ci` were last recorded', figures['crash.states']),
    sentence(longWords(figures), figures[`${LONG}crash.states`]),
  ].join('\n');
}

function longWords(figures: Figures): string {
  const scale = figures[`${LONG}scale`];
  const long = scale === undefined ? '' : `, ${shown(scale)} times as long,`;
  return `The last \`npm run test:long\`${long} was recorded`;
}

function cell(figures: Figures, { keys, joint = '; ' }: Row, prefix: string): string {
  const found = keys.map((key) => figures[prefix + key]);
  if (found.some((figure) => figure === undefined)) return '-';
  return found.map((figure) => shown(figure)).join(joint);
}

function shown(figure: Figure | undefined): string {
  if (figure === undefined) return '-';
  const value =
    typeof figure.value === 'number' ? figure.value.toLocaleString('en-US') : String(figure.value);
  return figure.unit === null ? value : `${value} ${figure.unit}`;
}

function sentence(words: string, figure: Figure | undefined): string {
  if (figure === undefined) return `${words}: never.`;
  const { date, seed, commit, machine } = figure;
  const place = `${machine.cores} cores, Node ${machine.node}`;
  return `${words} on ${date.slice(0, 10)} with seed ${seed ?? 'none'}, at commit ${commit}, on ${place}.`;
}

const BEGIN = '<!-- figures: written by the commands that record them -->';
const END = '<!-- end of figures -->';

/** The page with the section between its marks brought up to date; the page as it is when it has no marks. */
export function withDurabilitySection(page: string, figures: Figures): string {
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin === -1 || end < begin) return page;
  return `${page.slice(0, begin + BEGIN.length)}\n\n${durabilitySection(figures)}\n\n${page.slice(end)}`;
}
