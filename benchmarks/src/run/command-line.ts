import { parseArgs } from 'node:util';
import type { Contender } from '../contender/contender.js';
import type { Growth } from '../growth/growth.js';
import { growths } from '../growth/growths.js';
import type { Workload } from '../workload/workload.js';
import { workloads } from '../workload/workloads.js';
import { full, quick, type Scale, smoke } from './scale.js';

export interface Choices {
  readonly help: boolean;
  readonly workloads: readonly Workload[];
  readonly growths: readonly Growth[];
  readonly contenders: readonly Contender[];
  readonly scale: Scale;
  /** Where the data goes while it lives; the system's folder for temporary files unless given. */
  readonly directory: string | undefined;
  /** A file that gets the report as JSON. */
  readonly json: string | undefined;
  /** A file that has a report as JSON: nothing is measured. */
  readonly from: string | undefined;
  /** Write docs/benchmarks.md and docs/figures.json. */
  readonly record: boolean;
  /** Profile what misses a target, after everything has been timed. */
  readonly profile: boolean;
  /** Workloads were asked for by name: each of them is profiled then. */
  readonly named: boolean;
}

export function usage(contenders: readonly Contender[]): string {
  return `npm run bench -- [options]

  --only WORDS     workloads whose id has one of these as its beginning or one of its words: append,scan
  --reader WORD    pread or mmap instead of both
  --peers WORDS    only these peers: lmdb,ndjson; 'none' for none
  --quick          less of everything: numbers to look at while working, not to publish
  --largest N      how many records the growth ends with, a power of ten; 10000000 unless --quick
  --smoke          next to nothing: whether every workload works
  --dir DIR        put the data into a new folder in DIR instead of the system's folder for temporary files
  --json FILE      write the report as JSON
  --from FILE      take the report from a JSON file instead of measuring
  --record         write docs/benchmarks.md with its charts, and docs/figures.json; needs all workloads and peers, and
                   a reason for each target that is missed; implies --profile, except with --from
  --profile        when all is timed, run Seglog alone under a profiler at each workload of which it misses a target (at
                   each of --only), and show where its time goes; with --from: at those that this report says are missed

workloads: ${[...workloads, ...growths].map(({ id }) => id).join(' ')}
contenders: ${contenders.map(({ name }) => name.replaceAll(' ', '-')).join(' ')}
`;
}

/** Throws `TypeError` or `RangeError` with a sentence for who typed it. */
export function parseCommandLine(words: readonly string[], contenders: readonly Contender[]): Choices {
  const { values } = parseArgs({ args: [...words], options });
  const { only, reader, peers, from, record = false } = values;
  if (record && (only ?? reader ?? peers) !== undefined) {
    throw new RangeError(
      '--record needs all workloads and contenders, so that one report comes from one run',
    );
  }
  const scales = { full, quick, smoke };
  const scale = scales[values.smoke ? 'smoke' : values.quick ? 'quick' : 'full'];
  return {
    help: values.help ?? false,
    ...chosenWork(only),
    contenders: chosenContenders(contenders, reader, peers),
    scale: values.largest === undefined ? scale : grownTo(scale, Number(values.largest)),
    directory: values.dir,
    json: values.json,
    from,
    record,
    profile: values.profile ?? (record && from === undefined),
    named: only !== undefined,
  };
}

const options = {
  only: { type: 'string' },
  reader: { type: 'string' },
  peers: { type: 'string' },
  quick: { type: 'boolean' },
  largest: { type: 'string' },
  smoke: { type: 'boolean' },
  dir: { type: 'string' },
  json: { type: 'string' },
  from: { type: 'string' },
  record: { type: 'boolean' },
  profile: { type: 'boolean' },
  help: { type: 'boolean' },
} as const;

function chosenWork(only: string | undefined): Pick<Choices, 'workloads' | 'growths'> {
  if (only === undefined) return { workloads, growths };
  const words = only.split(',');
  const unknown = words.find((word) => ![...workloads, ...growths].some(({ id }) => matches(id, word)));
  if (unknown !== undefined) throw new RangeError(`no workload is called '${unknown}'`);
  const chosen = ({ id }: { readonly id: string }): boolean => words.some((word) => matches(id, word));
  return { workloads: workloads.filter(chosen), growths: growths.filter(chosen) };
}

function grownTo(scale: Scale, last: number): Scale {
  const [first] = scale.grownRecords;
  if (!Number.isInteger(Math.log10(last)) || last < first) {
    throw new RangeError(`--largest is a power of ten from ${first} on, not ${last}`);
  }
  return { ...scale, grownRecords: [first, last] };
}

function matches(id: string, word: string): boolean {
  return id === word || id.split('.').includes(word);
}

function chosenContenders(
  all: readonly Contender[],
  reader: string | undefined,
  peers: string | undefined,
): readonly Contender[] {
  if (reader !== undefined && reader !== 'pread' && reader !== 'mmap') {
    throw new RangeError(`--reader is pread or mmap, not '${reader}'`);
  }
  const left = { pread: ['seglog mmap', 'seglog lent', 'seglog crt'], mmap: ['seglog'] };
  const wanted = peers?.split(',');
  const known = all.map((contender) => contender.name.replaceAll(' ', '-'));
  const unknown = wanted?.find((word) => word !== 'none' && !known.includes(word));
  if (unknown !== undefined) throw new RangeError(`no peer is called '${unknown}'`);
  return all.filter(({ name, kind }) => {
    if (kind === 'peer') return wanted?.includes(name.replaceAll(' ', '-')) ?? true;
    return reader === undefined || !left[reader].includes(name);
  });
}
