import assert from 'node:assert/strict';
import type { CrashStudy, FaultRule, Oracle, SimulatedDisk } from '../../src/index.js';
import { type ToyBug, ToyLog } from './toy-log.js';

/** A step of the workload; noted when it is asked for, and once more when it came back. */
export interface ToyFact {
  readonly step: ToyStep;
  readonly outcome: 'asked' | 'done' | 'failed';
}

type ToyStep =
  | { readonly kind: 'append'; readonly text: string }
  | { readonly kind: 'truncateAfter'; readonly offset: number }
  | { readonly kind: 'dropBefore'; readonly offset: number };

const STEPS: readonly ToyStep[] = [
  { kind: 'append', text: 'first' },
  { kind: 'append', text: 'second, and longer than the first' },
  { kind: 'truncateAfter', offset: 0 },
  { kind: 'append', text: 'third'.repeat(20) },
  { kind: 'append', text: 'fourth' },
  { kind: 'dropBefore', offset: 1 },
  { kind: 'append', text: 'fifth' },
];

/** Faults under which each bug shows; most need none but the power cut. */
export const TOY_FAULTS: Partial<Record<ToyBug, readonly FaultRule[]>> = {
  'sync retried': [{ call: 'sync', path: /data-0/, skip: 4, effect: { kind: 'error', errno: 'EIO' } }],
  'poison ignored': [{ call: 'sync', path: /data-0/, skip: 4, effect: { kind: 'error', errno: 'EIO' } }],
  'short write ignored': [
    { call: 'write', path: /data-0/, skip: 2, effect: { kind: 'short', bytes: 9, errno: 'ENOSPC' } },
  ],
};

export function toyStudy(...planted: readonly ToyBug[]): CrashStudy<ToyLog, ToyFact> {
  return toyStudyOf(STEPS, planted);
}

function toyStudyOf(todo: readonly ToyStep[], planted: readonly ToyBug[]): CrashStudy<ToyLog, ToyFact> {
  const bugs = new Set(planted);
  return {
    name: planted.length === 0 ? 'correct toy' : planted.join(', '),
    steps: {
      count: todo.length,
      keeping: (kept) =>
        toyStudyOf(
          todo.filter((_, i) => kept.includes(i)),
          planted,
        ),
    },
    open: (disk) => ToyLog.open(disk, bugs),
    async workload(disk, oracle) {
      const log = await ToyLog.open(disk, bugs);
      for (const step of todo) await perform(log, step, oracle);
    },
    async plan(disk) {
      return `records found: ${(await ToyLog.open(disk, bugs)).records.map(({ text }) => text.slice(0, 9)).join(', ')}`;
    },
    async check(log, { facts }) {
      const found = log.records.map(({ offset, text }) => `${offset}:${text}`).join(',');
      const allowed = allowedContents(facts);
      assert.ok(allowed.has(found), `found ${found}, allowed is ${[...allowed].join(' or ')}`);
      return found;
    },
    describe: ({ step, outcome }) => `${outcome}: ${JSON.stringify(step)}`,
  };
}

/** What the workers of a crew know. */
export const TOY_STUDIES: readonly CrashStudy<ToyLog, ToyFact>[] = [toyStudy(), toyStudy('ack before sync')];

/** The same, and each recovered log is written to, closed and opened once more. */
export function goingOn(
  study: CrashStudy<ToyLog, ToyFact>,
  bugs: ReadonlySet<ToyBug>,
): CrashStudy<ToyLog, ToyFact> {
  let disk: SimulatedDisk | undefined;
  const { steps } = study;
  return {
    ...study,
    steps: steps && { ...steps, keeping: (kept) => goingOn(steps.keeping(kept), bugs) },
    open(opened) {
      disk = opened;
      return study.open(opened);
    },
    async check(log, context) {
      const found = await study.check(log, context);
      assert.ok(disk !== undefined);
      await assert.rejects(ToyLog.open(disk, bugs), /another writer/, 'a second writer is refused');
      await log.append('after recovery');
      const expected = log.records;
      await disk.root.close();
      assert.deepEqual(
        (await ToyLog.open(disk, bugs)).records,
        expected,
        'what was appended after recovery is there',
      );
      return found;
    },
  };
}

async function perform(log: ToyLog, step: ToyStep, oracle: Oracle<ToyFact>): Promise<void> {
  oracle.note({ step, outcome: 'asked' });
  try {
    if (step.kind === 'append') await log.append(step.text);
    else await log[step.kind](step.offset);
    oracle.note({ step, outcome: 'done' });
  } catch {
    oracle.note({ step, outcome: 'failed' });
  }
}

/** What the log may hold: every step that came back, and of one that did not, all or nothing. */
function allowedContents(facts: readonly ToyFact[]): ReadonlySet<string> {
  let states: readonly (readonly string[])[] = [[]];
  for (const [i, { step, outcome }] of facts.entries()) {
    if (outcome === 'asked' && facts[i + 1]?.outcome === 'done') continue;
    const after = states.map((state) => applied(state, step));
    if (outcome === 'done') states = after;
    else if (outcome === 'asked') states = [...states, ...after];
  }
  return new Set(states.map((state) => state.join(',')));
}

function applied(state: readonly string[], step: ToyStep): readonly string[] {
  if (step.kind === 'append') return [...state, `${offsetOf(state.at(-1)) + 1}:${step.text}`];
  if (step.kind === 'truncateAfter') return state.filter((entry) => offsetOf(entry) <= step.offset);
  return state.filter((entry) => offsetOf(entry) >= step.offset);
}

function offsetOf(entry: string | undefined): number {
  return Number(entry?.split(':')[0] ?? -1);
}
