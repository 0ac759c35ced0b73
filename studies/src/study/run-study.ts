import { type CrashOptions, enumerateCrashes } from '@seglog/testing';
import type { OpenStore, StoreUnderStudy } from '../stores/store-under-study.js';
import type { ClaimName } from './claims.js';
import { CRASH_KINDS, type CrashKind, type CrashKindName } from './crash-kinds.js';
import { CLAIM_NAMES, Count, claimStudy, countStudy } from './store-study.js';
import { WORKLOADS, type Workload } from './workloads.js';

/** One state that breaks a claim, to be gone through again. */
export interface Example {
  readonly workload: string;
  readonly message: string;
  readonly replay: string;
  readonly timeline: string;
}

export interface ClaimResult {
  /** Different states that break it, over all workloads. */
  readonly broken: number;
  readonly example: Example | undefined;
}

export type KindResult = { readonly states: number; readonly distinct: number } & Readonly<
  Record<ClaimName, ClaimResult>
>;

export interface StoreResult {
  readonly name: string;
  readonly version: string;
  readonly kinds: Readonly<Record<CrashKindName, KindResult>>;
}

export interface StudyOptions {
  readonly seed: number;
  /** Takes every so manieth crash point only; default all. */
  readonly every?: number | undefined;
}

/** Crashes one store in every way, and counts what it loses. */
export async function studyStore(store: StoreUnderStudy, options: StudyOptions): Promise<StoreResult> {
  const open = await store.prepare();
  const kinds: Partial<Record<CrashKindName, KindResult>> = {};
  for (const kind of CRASH_KINDS) kinds[kind.name] = await studyKind(store, open, kind, options);
  return { name: store.name, version: store.version, kinds: kinds as StoreResult['kinds'] };
}

async function studyKind(
  { name }: StoreUnderStudy,
  open: OpenStore,
  kind: CrashKind,
  options: StudyOptions,
): Promise<KindResult> {
  const sums = { states: 0, distinct: 0 };
  const claims: Record<ClaimName, ClaimResult> = { kept: NONE, opens: NONE, whole: NONE };
  for (const workload of WORKLOADS) {
    const count = new Count();
    const subject = { name, open, workload };
    const settings = settingsOf(workload, kind, options);
    const report = await enumerateCrashes(countStudy(subject, count), settings);
    sums.states += report.states;
    sums.distinct += report.distinctStates;
    for (const claim of CLAIM_NAMES) {
      if (count.broken(claim) === 0) continue;
      const { broken, example } = claims[claim];
      const found = example ?? (await firstExample(claimStudy(subject, claim), workload, settings));
      claims[claim] = { broken: broken + count.broken(claim), example: found };
    }
  }
  return { ...sums, ...claims };
}

const NONE: ClaimResult = { broken: 0, example: undefined };

export function settingsOf(
  workload: Workload,
  { profile, onlyEnd = false }: CrashKind,
  { seed, every = 1 }: StudyOptions,
): CrashOptions {
  const shard = { index: 0, count: onlyEnd ? 1 : every };
  return { seed, profile, onlyEnd, completions: workload.completions, maxViolations: 1, shard };
}

async function firstExample(
  study: ReturnType<typeof claimStudy>,
  workload: Workload,
  settings: CrashOptions,
): Promise<Example | undefined> {
  const { violations } = await enumerateCrashes(study, settings);
  const [first] = violations;
  if (first === undefined) return undefined;
  const { message, replay, timeline } = first;
  return { workload: workload.name, message, replay, timeline };
}
