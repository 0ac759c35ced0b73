import type { PendingOperation } from './disk-snapshot.js';
import { DROPPED, type Fate, KEPT, VOLATILE } from './fate.js';
import type { SeededRandom } from './seeded-random.js';

/** Lists what a crash may leave: for each resolution one fate for each pending operation, in order. */
export type CrashProfile = (
  pending: readonly PendingOperation[],
  random: SeededRandom,
) => Iterable<readonly Fate[]>;

export type CrashProfileName =
  /** Process kill: what was written survives in the cache; of the call in flight nothing, any prefix, or all. */
  | 'kill'
  /** Power loss that takes everything that was not synced. */
  | 'none'
  /** Power loss that happens to take nothing. */
  | 'all'
  /** Everything up to some operation, nothing after it. */
  | 'prefix'
  | 'drop-one'
  | 'keep-one'
  /** Names and sizes in order, data before the size that covers it, data written in place in any order. */
  | 'ext4-ordered'
  /** Names and sizes in order, sizes possibly before their data. */
  | 'ext4-writeback'
  /** Names in order; each file's data in order, independently of other files. */
  | 'xfs'
  /** Every subset of at most ten operations; beyond that all, none, prefixes, each alone and each dropped; torn writes; samples; and process kill. */
  | 'strict'
  /** `strict`, with stale blocks, moves cut in half and many more samples. */
  | 'hostile';

const EXHAUSTIVE_UP_TO = 10;
const HEADER_BYTES = 32;
const SECTOR_BYTES = 512;
const PAGE_BYTES = 4096;

export const crashProfiles: Readonly<Record<CrashProfileName, CrashProfile>> = {
  kill,
  none: (pending) => [pending.map(() => DROPPED)],
  all: (pending) => [pending.map(() => KEPT)],
  prefix: prefixes,
  'drop-one': (pending) => pending.map((_, i) => pending.map((_one, j) => (i === j ? DROPPED : KEPT))),
  'keep-one': (pending) => pending.map((_, i) => pending.map((_one, j) => (i === j ? KEPT : DROPPED))),
  'ext4-ordered': (pending) => journalled(pending, false),
  'ext4-writeback': (pending) => journalled(pending, true),
  xfs,
  strict: (pending, random) => strict(pending, random, { samples: 32, hostile: false }),
  hostile: (pending, random) => strict(pending, random, { samples: 256, hostile: true }),
};

/** The cache outlives the process: what is pending stays pending, and the next power cut may take it. */
function* kill(pending: readonly PendingOperation[]): Generator<readonly Fate[]> {
  yield pending.map(() => VOLATILE);
  yield pending.map((one) => (one.inFlight ? DROPPED : VOLATILE));
  for (const [i, one] of pending.entries()) {
    if (!one.inFlight) continue;
    for (const bytes of cutsOf(one))
      yield pending.map((_, j) => (i === j ? { kind: 'cut', bytes } : VOLATILE));
  }
}

function* prefixes(pending: readonly PendingOperation[]): Generator<readonly Fate[]> {
  for (let count = pending.length; count >= 0; count -= 1) yield pending.map((_, i) => fateIf(i < count));
}

function* strict(
  pending: readonly PendingOperation[],
  random: SeededRandom,
  { samples, hostile }: { readonly samples: number; readonly hostile: boolean },
): Generator<readonly Fate[]> {
  if (pending.length <= EXHAUSTIVE_UP_TO) yield* subsets(pending);
  else {
    yield* prefixes(pending);
    yield* crashProfiles['drop-one'](pending, random);
    yield* crashProfiles['keep-one'](pending, random);
  }
  yield* damaged(pending, hostile);
  yield* kill(pending);
  if (pending.length <= 1) return;
  for (let i = 0; i < samples; i += 1) yield pending.map((one) => sample(one, random, hostile));
}

function* subsets(pending: readonly PendingOperation[]): Generator<readonly Fate[]> {
  for (let mask = 2 ** pending.length - 1; mask >= 0; mask -= 1) {
    yield pending.map((_, i) => fateIf((mask & (1 << i)) !== 0));
  }
}

/** One operation damaged, while the others all survive, or only those before it, or none. */
function* damaged(pending: readonly PendingOperation[], hostile: boolean): Generator<readonly Fate[]> {
  for (const [i, one] of pending.entries()) {
    for (const fate of damagesOf(one, hostile)) {
      yield pending.map((_, j) => (i === j ? fate : KEPT));
      yield pending.map((_, j) => (i === j ? fate : fateIf(j < i)));
      yield pending.map((_, j) => (i === j ? fate : DROPPED));
    }
  }
}

function damagesOf(one: PendingOperation, hostile: boolean): readonly Fate[] {
  const damages: Fate[] = cutsOf(one).map((bytes) => ({ kind: 'cut', bytes }));
  const [header, sector] = [HEADER_BYTES, firstBoundary(one, SECTOR_BYTES)];
  for (const bytes of [header, sector]) if (bytes < one.bytes) damages.push({ kind: 'tail', bytes });
  if (one.grows) damages.push({ kind: 'zeros' });
  if (hostile && one.grows) damages.push({ kind: 'stale' });
  if (hostile && one.kind === 'move') damages.push({ kind: 'linked' });
  return damages;
}

function cutsOf(one: PendingOperation): readonly number[] {
  const cuts = [
    1,
    HEADER_BYTES,
    firstBoundary(one, SECTOR_BYTES),
    firstBoundary(one, PAGE_BYTES),
    one.bytes - 1,
  ];
  return [...new Set(cuts)].filter((cut) => cut > 0 && cut < one.bytes);
}

/** Bytes of a write that lie before the first sector or page boundary in it: media tear there. */
function firstBoundary(one: PendingOperation, unit: number): number {
  return unit - (one.position % unit);
}

/** One resolution out of all that there are: any change survives, is lost or is damaged; or only the process dies. */
export function randomFates(
  pending: readonly PendingOperation[],
  random: SeededRandom,
  { hostile = false }: { readonly hostile?: boolean | undefined } = {},
): readonly Fate[] {
  if (random.below(6) === 0) return pending.map(() => VOLATILE);
  const upTo = random.below(3) === 0 ? random.below(pending.length + 1) : pending.length;
  return pending.map((one, i) => (i < upTo ? sample(one, random, hostile) : DROPPED));
}

function sample(one: PendingOperation, random: SeededRandom, hostile: boolean): Fate {
  const damages = random.below(4) === 0 ? damagesOf(one, hostile) : [];
  return damages[random.below(damages.length)] ?? fateIf(random.below(2) === 0);
}

function* journalled(pending: readonly PendingOperation[], writeback: boolean): Generator<readonly Fate[]> {
  const journal = pending.filter((one) => one.kind !== 'write' || one.grows);
  for (let count = journal.length; count >= 0; count -= 1) {
    const committed = new Set(journal.slice(0, count));
    const base = pending.map((one) => fateIf(committed.has(one) || !journal.includes(one)));
    yield base;
    yield pending.map((one) => fateIf(committed.has(one)));
    for (const [i, one] of pending.entries()) {
      if (!journal.includes(one)) yield base.with(i, DROPPED);
      else if (writeback && one.grows && committed.has(one)) yield base.with(i, { kind: 'zeros' });
    }
  }
}

function* xfs(pending: readonly PendingOperation[]): Generator<readonly Fate[]> {
  const groups = new Map<number, PendingOperation[]>();
  for (const one of pending) {
    const group = isName(one) ? -1 : one.inode;
    groups.set(group, [...(groups.get(group) ?? []), one]);
  }
  for (const group of groups.values()) {
    for (let count = group.length; count >= 0; count -= 1) {
      const kept = new Set(group.slice(0, count));
      yield pending.map((one) => fateIf(kept.has(one) || !group.includes(one)));
      yield pending.map((one) => fateIf(kept.has(one)));
    }
  }
}

function isName({ kind }: PendingOperation): boolean {
  return kind === 'add' || kind === 'remove' || kind === 'move';
}

function fateIf(kept: boolean): Fate {
  return kept ? KEPT : DROPPED;
}
