import type { StorageDirectory } from '../contract/storage-directory.js';
import { checkLog, type LastWriter } from './check-log.js';
import type { CheckWays } from './check-segment.js';
import type { Findings } from './finding.js';

/** How often something that seems damaged is looked at, where a writer may be at work. */
const MAX_LOOKS = 4;

/**
 * Carries a check out. Where it finds damage that a writer beside it may have feigned, it is carried out again until two
 * looks agree: what a writer does moves on, damage stays.
 */
export async function settled<T>(findings: Findings, check: (apart: Findings) => Promise<T>): Promise<T> {
  let before: string | undefined;
  for (let look = 1; ; look += 1) {
    const apart = findings.apart();
    const result = await check(apart);
    const damage = apart.all.filter(({ severity }) => severity === 'damage');
    const now = JSON.stringify(damage);
    if (damage.length === 0 || now === before || look === MAX_LOOKS) {
      findings.take(apart);
      return result;
    }
    before = now;
  }
}

export function checkSettledLog(
  directory: StorageDirectory,
  about: { readonly ways: CheckWays; readonly findings: Findings; readonly writer: LastWriter },
): Promise<number> {
  const { ways, findings, writer } = about;
  return settled(findings, (apart) => checkLog(directory, ways, apart, writer));
}
