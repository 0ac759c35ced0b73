import { DROPPED, type Fate, KEPT } from '../simulated/fate.js';

/**
 * The simplest resolution that still fails: fewest changes that were lost or torn among changes that survived, or fewest
 * that survived among changes that were lost, whichever is shorter to tell.
 */
export async function shrinkFates(
  fates: readonly Fate[],
  fails: (fates: readonly Fate[]) => Promise<boolean>,
): Promise<readonly Fate[]> {
  const fewestLost = await pull(fates, KEPT, fails);
  const fewestKept = await pull(fates, DROPPED, fails);
  return deviations(fewestKept, DROPPED) < deviations(fewestLost, KEPT) ? fewestKept : fewestLost;
}

async function pull(
  fates: readonly Fate[],
  towards: Fate,
  fails: (fates: readonly Fate[]) => Promise<boolean>,
): Promise<readonly Fate[]> {
  let best = fates;
  for (const [i, fate] of fates.entries()) {
    if (fate.kind === towards.kind) continue;
    const candidate = best.with(i, towards);
    if (await fails(candidate)) best = candidate;
  }
  return best;
}

function deviations(fates: readonly Fate[], from: Fate): number {
  return fates.filter((fate) => fate.kind !== from.kind).length;
}
