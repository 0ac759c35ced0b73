import * as fc from 'fast-check';
import type { CrashMoment } from './kernel.js';
import type { SimulatedDisk, Survivor } from './simulated-disk.js';

/** One crash: at which mutating call, and which of the states that it may leave. */
export interface ScheduledCrash {
  /** Mutation index. A program that makes fewer calls comes to its end, and the power goes then. */
  readonly call: number;
  readonly when: CrashMoment;
  /** In parts of 2^32 of all states that `strict` knows. */
  readonly outcome: number;
}

/**
 * Crashes in a row, for properties of your own: give each to `disk.crashAt(call, when)`, run the program, and go on from
 * `afterCrash(disk, crash)`. Shrinks to fewer crashes, earlier calls, and states in which more has survived.
 */
export function crashSchedules(limits: {
  /** Highest mutation index; a little more than the program makes calls. */
  readonly maxCall: number;
  /** Default 3. */
  readonly maxCrashes?: number | undefined;
}): fc.Arbitrary<readonly ScheduledCrash[]> {
  const crash = fc.record({
    call: fc.nat(limits.maxCall),
    when: fc.constantFrom<CrashMoment>('after', 'during', 'before'),
    outcome: fc.nat(0xffff_ffff),
  });
  return fc.array(crash, { minLength: 1, maxLength: limits.maxCrashes ?? 3 });
}

/** The disk that a scheduled crash leaves to the next process. The program on this one goes no further. */
export function afterCrash(disk: SimulatedDisk, { outcome }: Pick<ScheduledCrash, 'outcome'>): SimulatedDisk {
  disk.crash();
  const states: Survivor[] = [...disk.survivors('strict')];
  const state = states[Math.floor((outcome / 0x1_0000_0000) * states.length)];
  if (state === undefined) throw new RangeError('an outcome is an integer in [0, 2^32)');
  return state.disk();
}
