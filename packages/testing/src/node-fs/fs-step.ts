import type { Kernel, MutationEffect } from '../simulated/kernel.js';
import type { DiskCall } from '../simulated/trace.js';
import { asFsError } from './fs-error.js';

/** One system call of a function of the file system; without `effect` it changes nothing. */
export interface FsStep {
  readonly call: DiskCall;
  readonly effect?: MutationEffect;
}

/** A function of the file system, written once: as the system calls that it makes, and what it returns. */
export type FsSteps<T> = Generator<FsStep, T, void>;

/** Makes the calls within this call, as the `Sync` functions do. */
export function runStepsNow<T>(kernel: Kernel, steps: FsSteps<T>): T {
  let next = steps.next();
  while (next.done !== true) {
    const { call, effect } = next.value;
    try {
      if (effect === undefined) kernel.observeNow(call);
      else kernel.mutateNow(call, effect);
    } catch (error) {
      next = steps.throw(asFsError(error, call));
      continue;
    }
    next = steps.next();
  }
  return next.value;
}

/** Makes one call after the other. */
export async function runSteps<T>(kernel: Kernel, steps: FsSteps<T>): Promise<T> {
  let next = steps.next();
  while (next.done !== true) {
    const { call, effect } = next.value;
    try {
      await (effect === undefined ? kernel.observe(call, () => undefined) : kernel.mutate(call, effect));
    } catch (error) {
      next = steps.throw(asFsError(error, call));
      continue;
    }
    next = steps.next();
  }
  return next.value;
}
