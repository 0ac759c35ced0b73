import type { Contender } from '../contender/contender.js';
import type { NativeLimit } from '../contender/native-limit.js';
import type { Turn, Values, Workload, Workplace } from './workload.js';

export interface Contest {
  readonly isFor: (contender: Contender) => boolean;
  readonly measure: (contender: Contender, workplace: Workplace) => Promise<Values>;
  /** The same work by the program in C. */
  readonly limit?: (native: NativeLimit, workplace: Workplace) => Promise<Values>;
}

/** The turns of all contenders that a workload is for, and of the program in C if it can do the work. */
export function contest({ isFor, measure, limit }: Contest): Workload['turns'] {
  return ({ contenders, native }) => {
    const turns = contenders.filter(isFor).map(
      (contender): Turn => ({
        contender: contender.name,
        kind: contender.kind,
        measure: (workplace) => measure(contender, workplace),
      }),
    );
    if (limit === undefined || native === undefined) return turns;
    return [...turns, { contender: 'C', kind: 'limit', measure: (workplace) => limit(native, workplace) }];
  };
}
