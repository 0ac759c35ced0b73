import assert from 'node:assert/strict';
import type { LogOffsets, StoredRecord } from '@seglog/core';

/** What a workload over a log asked for, and what it was told. Appends are numbered. */
export type LogFact =
  | { readonly kind: 'asked'; readonly append: number; readonly values: readonly string[] }
  | { readonly kind: 'written' | 'durable' | 'refused' | 'unknown'; readonly append: number }
  /** Of an append whose fate was unknown, this many records were found when the log was opened again. */
  | { readonly kind: 'found'; readonly append: number; readonly count: number }
  | { readonly kind: 'truncating' | 'truncated'; readonly lastKept: number }
  | { readonly kind: 'deleting' | 'deleted'; readonly firstKept: number }
  /** A cleaner takes every record of the sealed segments whose offset is odd. */
  | { readonly kind: 'cleaning' | 'cleaned'; readonly upTo: number };

/** What a log showed after it was opened. */
export interface LogContent {
  readonly offsets: LogOffsets;
  readonly records: readonly StoredRecord[];
}

interface Entry {
  readonly append: number;
  readonly value: string;
  /** True for the last record of its append that is left. */
  readonly ends: boolean;
  /** Taken by a cleaner. */
  readonly gone: boolean;
}

/** One course that the log may have taken: the records that it would hold if nothing were lost. */
interface Course {
  readonly entries: readonly Entry[];
  readonly logStart: number;
}

/**
 * The rules of a log after a crash: what was acknowledged as durable is there byte for byte (I1), at dense offsets (I2), a
 * prefix of what was appended, and appends whole (I3), nothing that was refused or never asked for (I4), and the log start
 * old or new (I11).
 */
export function requireAllowedLog(
  content: LogContent,
  facts: readonly LogFact[],
  { atomic }: { readonly atomic: boolean },
): void {
  const outcomes = outcomesOf(facts);
  const complaints = coursesOf(facts, outcomes).map((course) =>
    complaintAbout(content, course, outcomes, atomic),
  );
  if (complaints.includes(undefined)) return;
  assert.fail(complaints.join('; or, had the last step not happened: '));
}

type Outcomes = ReadonlyMap<number, LogFact['kind']>;

function outcomesOf(facts: readonly LogFact[]): Outcomes {
  const outcomes = new Map<number, LogFact['kind']>();
  for (const fact of facts) if ('append' in fact) outcomes.set(fact.append, fact.kind);
  return outcomes;
}

/** Two courses where a step is under way. An append that was refused never had a place in any of them. */
function coursesOf(facts: readonly LogFact[], outcomes: Outcomes): readonly Course[] {
  let courses: readonly Course[] = [{ entries: [], logStart: 0 }];
  for (const [i, fact] of facts.entries()) {
    const next = facts.slice(i + 1).find((later) => later.kind === fact.kind || concludes(later, fact));
    const done = next !== undefined && concludes(next, fact);
    if (fact.kind === 'asked' && outcomes.get(fact.append) !== 'refused') {
      const found = facts.find((later) => later.kind === 'found' && later.append === fact.append);
      const values = found?.kind === 'found' ? fact.values.slice(0, found.count) : fact.values;
      courses = courses.map((course) => appended(course, { ...fact, values }));
      continue;
    }
    const after = courses.map((course) => stepped(course, fact));
    if (after.every((course, number) => course === courses[number])) continue;
    courses = done ? after : [...after, ...courses];
  }
  return courses;
}

const CONCLUSIONS: Partial<Record<LogFact['kind'], LogFact['kind']>> = {
  truncating: 'truncated',
  deleting: 'deleted',
  cleaning: 'cleaned',
};

function concludes(later: LogFact, fact: LogFact): boolean {
  return later.kind === CONCLUSIONS[fact.kind];
}

/** The same course when the fact is no step. */
function stepped(course: Course, fact: LogFact): Course {
  if (fact.kind === 'truncating') return truncated(course, fact.lastKept);
  if (fact.kind === 'deleting') return { ...course, logStart: Math.max(course.logStart, fact.firstKept) };
  if (fact.kind !== 'cleaning') return course;
  const entries = course.entries.map((entry, offset) =>
    offset < fact.upTo && offset % 2 === 1 ? { ...entry, gone: true } : entry,
  );
  return { ...course, entries };
}

function appended(course: Course, { append, values }: Extract<LogFact, { kind: 'asked' }>): Course {
  const added = values.map((value, i) => ({ append, value, ends: i === values.length - 1, gone: false }));
  return { ...course, entries: [...course.entries, ...added] };
}

function truncated({ entries, logStart }: Course, lastKept: number): Course {
  const kept = entries.slice(0, lastKept + 1);
  const last = kept.at(-1);
  return {
    logStart,
    entries: last === undefined ? kept : kept.with(kept.length - 1, { ...last, ends: true }),
  };
}

/** What is wrong with the content, if this was the course. An append of unknown fate may be missing from the middle. */
function complaintAbout(
  { offsets, records }: LogContent,
  course: Course,
  outcomes: Outcomes,
  atomic: boolean,
): string | undefined {
  const { logStart, logEnd } = offsets;
  if (logStart !== Math.min(course.logStart, logEnd))
    return `the log starts at ${logStart}, not at ${course.logStart}`;
  const durable = course.entries.findLastIndex(({ append }) => isDurable(outcomes.get(append))) + 1;
  if (logEnd < durable) return `the log ends at ${logEnd}, and ${durable} records were durable`;
  if (logEnd > course.entries.length)
    return `the log ends at ${logEnd}, and only ${course.entries.length} were appended`;
  if (atomic && logEnd > 0 && course.entries[logEnd - 1]?.ends !== true)
    return `the log ends at ${logEnd}, within an append`;
  const shown = records.map(({ offset, value }) => `${offset}:${textOf(value)}`);
  const expected = course.entries
    .slice(0, logEnd)
    .flatMap(({ value, gone }, offset) => (gone || offset < logStart ? [] : [`${offset}:${value}`]));
  const wrong = firstDifference(shown, expected);
  return wrong === undefined ? undefined : `${wrong} of ${logEnd - logStart} records`;
}

function isDurable(kind: LogFact['kind'] | undefined): boolean {
  return kind === 'durable' || kind === 'found';
}

function firstDifference(shown: readonly string[], expected: readonly string[]): string | undefined {
  const length = Math.max(shown.length, expected.length);
  for (let i = 0; i < length; i += 1) {
    if (shown[i] !== expected[i]) return `record ${i} is ${brief(shown[i])}, not ${brief(expected[i])},`;
  }
  return undefined;
}

function brief(text: string | undefined): string {
  if (text === undefined) return 'missing';
  return text.length > 40 ? `${text.slice(0, 40)}... (${text.length})` : text;
}

export function textOf(value: Uint8Array | null): string {
  return value === null ? 'null' : Buffer.from(value.buffer, value.byteOffset, value.length).toString();
}
