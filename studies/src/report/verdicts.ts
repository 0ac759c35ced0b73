import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { workspace } from '../room/program.js';
import type { ClaimName } from '../study/claims.js';
import type { CrashKindName } from '../study/crash-kinds.js';
import { CRASH_KINDS } from '../study/crash-kinds.js';
import type { StoreResult } from '../study/run-study.js';
import { CLAIM_NAMES } from '../study/store-study.js';

/** One claim of one store under one kind of crash, without what only people read. */
export interface Verdict {
  readonly store: string;
  readonly version: string;
  readonly kind: CrashKindName;
  readonly claim: ClaimName;
  readonly holds: boolean;
  /** Where it does not hold: the workload, what was found, and the line that goes there again. */
  readonly workload?: string;
  readonly message?: string;
  readonly replay?: string;
}

const file = join(workspace, 'verdicts.json');

export function verdictsOf({ name, version, kinds }: StoreResult): readonly Verdict[] {
  return CRASH_KINDS.flatMap(({ name: kind }) =>
    CLAIM_NAMES.map((claim): Verdict => {
      const { example } = kinds[kind][claim];
      const verdict = { store: name, version, kind, claim, holds: example === undefined };
      if (example === undefined) return verdict;
      return { ...verdict, workload: example.workload, message: example.message, replay: example.replay };
    }),
  );
}

export function readVerdicts(): readonly Verdict[] {
  return JSON.parse(readFileSync(file, 'utf8'));
}

export function writeVerdicts(verdicts: readonly Verdict[]): void {
  writeFileSync(file, `${JSON.stringify(verdicts, null, 2)}\n`);
}
