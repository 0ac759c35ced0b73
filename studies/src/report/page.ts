import type { StoreUnderStudy } from '../stores/store-under-study.js';
import type { ClaimName } from '../study/claims.js';
import { CLAIMS } from '../study/claims.js';
import { CRASH_KINDS } from '../study/crash-kinds.js';
import type { Example, StoreResult } from '../study/run-study.js';
import { CLAIM_NAMES } from '../study/store-study.js';
import { LIMITS, OPENING, READING } from './page-prose.js';

export interface PageFacts {
  readonly stores: readonly StoreUnderStudy[];
  readonly results: readonly StoreResult[];
  readonly seed: number;
}

const TITLES: Readonly<Record<ClaimName, string>> = {
  kept: 'acknowledged sets are kept',
  opens: 'opens and works again',
  whole: 'never mixed or foreign data',
};

/** `docs/crash-study.md`: the tables, and each failure with its story. */
export function pageOf({ stores, results, seed }: PageFacts): string {
  const states = results
    .flatMap(({ kinds }) => Object.values(kinds))
    .reduce((sum, kind) => sum + kind.states, 0);
  return [
    OPENING,
    `This page is written by \`npm run figures:study\` (seed ${seed}): ${results.length} programs, ${states.toLocaleString('en')} crash states, of which each different one was opened, read, written to and opened again.`,
    '## The table',
    overview(stores, results),
    READING,
    '## What was claimed of each',
    ...stores.map(
      ({ name, version, used, promise }) =>
        `- **${name}** ${version}. Used: ${used}. Its documentation: ${promise}`,
    ),
    '## What was measured',
    CRASH_KINDS.map(({ title, meaning }) => `- **${title}**: ${meaning}`).join('\n'),
    CLAIM_NAMES.map((claim) => `- **${TITLES[claim]}**: ${CLAIMS[claim]}`).join('\n'),
    LIMITS,
    '## Counts',
    'Different states that break a claim, of all different states.',
    ...CLAIM_NAMES.flatMap((claim) => [`### ${TITLES[claim]}`, counts(results, claim)]),
    '## One failure of each, to go through again',
    ...results.flatMap(stories),
  ]
    .join('\n\n')
    .concat('\n');
}

function overview(stores: readonly StoreUnderStudy[], results: readonly StoreResult[]): string {
  const rows = results.map((result, index) => {
    const { kill, torn, strict } = result.kinds;
    return [
      result.name,
      stores[index]?.version ?? '',
      ...CRASH_KINDS.map(({ name }) => word(result.kinds[name].kept.broken)),
      word(kill.opens.broken + torn.opens.broken),
      word(strict.opens.broken),
      word(CRASH_KINDS.reduce((sum, { name }) => sum + result.kinds[name].whole.broken, 0)),
    ];
  });
  const titles = CRASH_KINDS.map(({ title }) => title);
  const more = ['opens after a kill', 'opens after power loss', 'never mixed'];
  return table([['store', 'version', ...titles, ...more], ...rows]);
}

function word(broken: number): string {
  return broken === 0 ? 'yes' : '**no**';
}

function counts(results: readonly StoreResult[], claim: ClaimName): string {
  const rows = results.map(({ name, kinds }) => [
    name,
    ...CRASH_KINDS.map(({ name: kind }) => `${kinds[kind][claim].broken} of ${kinds[kind].distinct}`),
  ]);
  return table([['store', ...CRASH_KINDS.map(({ title }) => title)], ...rows]);
}

/** For each claim the failure under the mildest kind of crash. */
function stories({ name, kinds }: StoreResult): readonly string[] {
  const found = CLAIM_NAMES.flatMap((claim) => {
    const kind = CRASH_KINDS.find((one) => kinds[one.name][claim].example !== undefined);
    const example = kind && kinds[kind.name][claim].example;
    return example === undefined ? [] : [story(`${TITLES[claim]}, ${kind?.title}`, example)];
  });
  return found.length === 0 ? [`### ${name}\n\nNone was found.`] : [`### ${name}`, ...found];
}

function story(title: string, { timeline, replay }: Example): string {
  return `Not so: ${title}. \`${replay}\`\n\n\`\`\`text\n${timeline}\n\`\`\``;
}

function table([head = [], ...rows]: readonly (readonly string[])[]): string {
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
