/** What a figure can be. */
export type FigureValue = number | string | boolean;

/** The machine that a figure was taken on. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  /** For example `linux x64`. */
  readonly system: string;
  /** For example `v20.20.2`. */
  readonly node: string;
}

/** One entry of docs/figures.json: a value, and everything needed to take it again. */
export interface Figure {
  readonly value: FigureValue;
  /** For example `records/s`; null where the key says it. */
  readonly unit: string | null;
  /** ISO 8601, UTC. */
  readonly date: string;
  /** The seed of the run; null if nothing in it is random. */
  readonly seed: number | string | null;
  /** The commit that was checked out, with `+changes` if tracked files differed from it. */
  readonly commit: string;
  readonly machine: Machine;
  /** The npm script that writes the figure, as one types it. */
  readonly command: string;
}

/** All figures by their flat key, for example `kill9.lost`. */
export type Figures = Readonly<Record<string, Figure>>;

const keyShape = /^[a-z][A-Za-z0-9-]*(?:\.[A-Za-z0-9-]+)*$/;

/** What is wrong with an entry, each as a sentence; nothing if it is whole. */
export function figureProblems(key: string, figure: unknown): readonly string[] {
  if (typeof figure !== 'object' || figure === null) return ['the entry is no object.'];
  const entry: { readonly [name in keyof Figure]?: unknown } = figure;
  const checks: readonly (readonly [boolean, string])[] = [
    [keyShape.test(key), "a key is made of words and dots, as in 'kill9.lost'."],
    [isFigureValue(entry.value), "'value' is a finite number, a non-empty string or a boolean."],
    [entry.unit === null || isText(entry.unit), "'unit' is a word or null."],
    [isText(entry.date) && !Number.isNaN(Date.parse(entry.date)), "'date' is an ISO date."],
    [
      entry.seed === null || isText(entry.seed) || isNumber(entry.seed),
      "'seed' is a number, a word or null.",
    ],
    [isText(entry.commit), "'commit' is missing."],
    [isMachine(entry.machine), "'machine' needs cpu, cores, memoryGiB, system and node."],
    [
      isText(entry.command) && entry.command.startsWith('npm '),
      "'command' is the npm script that prints it.",
    ],
  ];
  return checks.filter(([holds]) => !holds).map(([, sentence]) => sentence);
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const isFigureValue = (value: unknown): boolean =>
  isText(value) || isNumber(value) || typeof value === 'boolean';

function isMachine(machine: unknown): boolean {
  if (typeof machine !== 'object' || machine === null) return false;
  const { cpu, cores, memoryGiB, system, node }: { readonly [name in keyof Machine]?: unknown } = machine;
  return isText(cpu) && isNumber(cores) && isNumber(memoryGiB) && isText(system) && isText(node);
}
