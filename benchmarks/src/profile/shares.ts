import { type CallFrame, namedFunction } from './function-name.js';
import { type FunctionShare, type GroupName, groups, type Shares } from './profile.js';

const FUNCTIONS = 8;

/** A profile as V8 writes it to a `.cpuprofile`: times in microseconds, of a clock that never jumps. */
export interface CpuProfile {
  readonly startTime: number;
  readonly nodes: readonly CallNode[];
  /** The node that was found in each sample. */
  readonly samples?: readonly number[] | undefined;
  /** How long each sample comes after the one before, the first after `startTime`. */
  readonly timeDeltas?: readonly number[] | undefined;
}

interface CallNode {
  readonly id: number;
  readonly callFrame: CallFrame;
  readonly children?: readonly number[] | undefined;
}

/** By the clock of the profile. */
export interface Interval {
  readonly from: number;
  readonly to: number;
}

/**
 * Who had the time that lies within these intervals. A sample stands for the time that led to it: one that a system call
 * holds up is taken when the call ends.
 */
export function sharesOf(profile: CpuProfile, intervals: readonly Interval[]): Omit<Shares, 'bound'> {
  const { samples, timeOf } = timesWithin(profile, intervals);
  const callers = callersOf(profile.nodes);
  const functions = new Map<string, { readonly group: GroupName; time: number }>();
  for (const { id, callFrame } of profile.nodes) {
    const { name, group } = namedFunction(callFrame, callers.get(id));
    const entry = functions.get(name) ?? { group, time: 0 };
    entry.time += timeOf.get(id) ?? 0;
    functions.set(name, entry);
  }
  const all = [...functions].map(([name, entry]) => ({ name, ...entry })).filter(({ time }) => time > 0);
  const total = all.reduce((sum, { time }) => sum + time, 0);
  const share = (time: number): number => Number((time / total).toFixed(4));
  const top = all.toSorted((a, b) => b.time - a.time).slice(0, FUNCTIONS);
  return {
    samples,
    groups: groupShares(all, share),
    functions: top.map(({ name, group, time }): FunctionShare => ({ name, group, share: share(time) })),
  };
}

function timesWithin(
  { startTime, samples = [], timeDeltas = [] }: CpuProfile,
  intervals: readonly Interval[],
): { readonly samples: number; readonly timeOf: ReadonlyMap<number, number> } {
  const timeOf = new Map<number, number>();
  let [clock, found, next] = [startTime, 0, 0];
  for (const [at, node] of samples.entries()) {
    const before = clock;
    clock += timeDeltas[at] ?? 0;
    while ((intervals[next]?.to ?? Number.POSITIVE_INFINITY) < clock) next++;
    const { from = Number.POSITIVE_INFINITY } = intervals[next] ?? {};
    if (clock <= from) continue;
    timeOf.set(node, (timeOf.get(node) ?? 0) + clock - Math.max(before, from));
    found++;
  }
  return { samples: found, timeOf };
}

function callersOf(nodes: readonly CallNode[]): ReadonlyMap<number, CallFrame> {
  return new Map(
    nodes.flatMap(({ callFrame, children = [] }) => children.map((child) => [child, callFrame] as const)),
  );
}

function groupShares(
  all: readonly { readonly group: GroupName; readonly time: number }[],
  share: (time: number) => number,
): Readonly<Record<GroupName, number>> {
  const names = Object.keys(groups) as GroupName[];
  const timeIn = (name: GroupName): number =>
    all.reduce((sum, { group, time }) => sum + (group === name ? time : 0), 0);
  return Object.fromEntries(names.map((name) => [name, share(timeIn(name))])) as Record<GroupName, number>;
}
