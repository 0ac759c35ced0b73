import type { CrashStudy } from '@seglog/testing';
import type { OpenStore } from '../stores/store-under-study.js';
import { CLAIMS, type ClaimName, type Judgement, judge, type Reopened, reopen } from './claims.js';
import type { SetFact } from './facts.js';
import type { Workload } from './workloads.js';

export interface StudySubject {
  readonly name: string;
  readonly open: OpenStore;
  readonly workload: Workload;
}

type Judged = (judgement: Judgement, state: string) => void;

/** A study that ends at the first state in which `claim` does not hold. */
export function claimStudy(subject: StudySubject, claim: ClaimName): CrashStudy<Reopened, SetFact> {
  return studyOf(subject, (judgement) => {
    const wrong = judgement[claim];
    if (wrong !== undefined) throw new Error(wrong);
  });
}

/** How many different states break each claim, and how many there are. */
export class Count {
  readonly #broken: Readonly<Record<ClaimName, Set<string>>> = {
    kept: new Set(),
    opens: new Set(),
    whole: new Set(),
  };

  public add(judgement: Judgement, state: string): void {
    for (const claim of ['kept', 'opens', 'whole'] as const) {
      if (judgement[claim] !== undefined) this.#broken[claim].add(state);
    }
  }

  public broken(claim: ClaimName): number {
    return this.#broken[claim].size;
  }
}

/** A study that only counts. */
export function countStudy(subject: StudySubject, count: Count): CrashStudy<Reopened, SetFact> {
  return studyOf(subject, (judgement, state) => count.add(judgement, state));
}

export const CLAIM_NAMES: readonly ClaimName[] = Object.keys(CLAIMS) as ClaimName[];

function studyOf({ name, open, workload }: StudySubject, judged: Judged): CrashStudy<Reopened, SetFact> {
  return {
    name: `${name}, ${workload.name}`,
    workload: (disk, oracle) => workload.run(open, disk, oracle),
    open: (disk) => reopen(open, disk),
    async check(reopened, { facts, state }) {
      judged(judge(reopened, facts), `${state} ${facts.length}`);
      return undefined;
    },
    describe: ({ phase, key, value }) =>
      `${phase} set ${key} = ${value.slice(0, 8)}${value.length > 8 ? '…' : ''}`,
  };
}
