import type { PendingOperation } from '../simulated/disk-snapshot.js';
import { describeFate, type Fate, fatesToText } from '../simulated/fate.js';
import { describeCall, type TraceEntry } from '../simulated/trace.js';
import type { CrashStep } from './crash-study.js';
import type { CrashPoint } from './recording.js';

/** One program that ran until the power went: the workload, or a recovery. */
export interface Chapter {
  readonly trace: readonly TraceEntry[];
  readonly point: CrashPoint;
  /** Which of the program's crash points it is. */
  readonly number: number;
  readonly fates: readonly Fate[];
}

export interface Story {
  readonly name: string;
  /** The steps of the workload that are left; undefined when all are. */
  readonly kept: readonly number[] | undefined;
  readonly chapters: readonly Chapter[];
  /** What the engine said that it would do with what it found. */
  readonly plan: string | undefined;
  /** What the last recovery did, up to its failure. */
  readonly recovery: readonly TraceEntry[];
  readonly facts: readonly string[];
  readonly message: string;
  readonly replay: string;
}

const SHOWN_CALLS = 40;
const SHOWN_FACTS = 8;

export function stepsOf(chapters: readonly Chapter[]): readonly CrashStep[] {
  return chapters.map(({ number, fates }) => ({ crash: number, resolution: fatesToText(fates) }));
}

export function replayLine(of: {
  readonly seed: number;
  readonly kept: readonly number[] | undefined;
  readonly steps: readonly CrashStep[];
}): string {
  const { seed, kept, steps } = of;
  const keep = kept === undefined ? '' : ` keep=${kept.join('.')}`;
  return `seed=${seed}${keep} crash=${steps.map(({ crash, resolution }) => `${crash}:${resolution}`).join('>')}`;
}

/** The whole story of one violation, for a person: every call, the cut, what survived, and what broke. */
export function timelineOf(story: Story): string {
  const lines = [`${story.name}: ${story.message}`];
  for (const [depth, chapter] of story.chapters.entries()) {
    lines.push('', depth === 0 ? workloadTitle(story) : `recovery ${depth}`);
    lines.push(...chapterLines(chapter));
    if (depth === 0) lines.push(...factLines(story.facts));
  }
  if (story.plan !== undefined)
    lines.push('', 'what the engine then found, and means to do', indented(story.plan));
  lines.push('', `recovery ${story.chapters.length}, which broke it`, ...callLines(story.recovery, () => ''));
  lines.push('', `broken: ${story.message}`, `replay: ${story.replay}`);
  return lines.join('\n');
}

function workloadTitle({ kept }: Story): string {
  if (kept === undefined) return 'the workload';
  return `the workload, of which ${kept.length === 0 ? 'no step' : `step ${kept.join(', ')}`} is needed`;
}

const indented = (text: string): string =>
  text
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');

function chapterLines({ trace, point, fates }: Chapter): readonly string[] {
  const fatesOf = new Map<number, string[]>();
  for (const [i, one] of point.snapshot.pending.entries()) {
    const words = fatesOf.get(one.index) ?? [];
    fatesOf.set(one.index, [...words, wordsOf(one, fates[i])]);
  }
  const former = (fatesOf.get(-1) ?? []).map((words) => `  from the process before: ${words}`);
  const until = trace.slice(0, point.calls);
  const lines = callLines(until, (entry) => {
    const inFlight = isInFlight(entry, point) ? '<- power lost here, in flight; ' : '';
    return `${inFlight}${(fatesOf.get(entry.index) ?? [settledWord(entry, point)]).join(', ')}`;
  });
  return [...former, ...lines, ...(point.inFlight ? [] : ['  -- power lost here'])];
}

function isInFlight(entry: TraceEntry, point: CrashPoint): boolean {
  return point.inFlight && entry.index === point.calls - 1;
}

function wordsOf(one: PendingOperation, fate: Fate | undefined): string {
  return `pending ${one.kind} ${fate === undefined ? 'survived' : describeFate(fate)}`;
}

function settledWord(entry: TraceEntry, point: CrashPoint): string {
  if (entry.call === 'sync' || entry.call === 'syncDirectory') {
    return isInFlight(entry, point) ? 'not done' : '';
  }
  return entry.outcome === 'done' ? 'durable' : '';
}

function callLines(trace: readonly TraceEntry[], remark: (entry: TraceEntry) => string): readonly string[] {
  const hidden = Math.max(0, trace.length - SHOWN_CALLS);
  const lines = trace.slice(hidden).map((entry) => {
    return `  #${String(entry.index).padEnd(4)} ${describeCall(entry).padEnd(44)}${outcomeWords(entry)} ${remark(entry)}`.trimEnd();
  });
  return hidden === 0 ? lines : [`  ... ${hidden} earlier calls`, ...lines];
}

function outcomeWords({ outcome }: TraceEntry): string {
  if (outcome === 'done' || outcome === 'in flight') return '';
  return outcome === 'lied' ? ' said that it worked, and did nothing' : ` failed with ${outcome}`;
}

function factLines(facts: readonly string[]): readonly string[] {
  const hidden = Math.max(0, facts.length - SHOWN_FACTS);
  const shown = facts.slice(hidden).map((fact) => `  ${fact}`);
  return [
    'what had been noted by then',
    ...(hidden === 0 ? [] : [`  ... ${hidden} earlier facts`]),
    ...(shown.length === 0 ? ['  nothing'] : shown),
  ];
}
