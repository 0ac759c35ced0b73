import { SeglogError } from '@seglog/core';

/**
 * Carries out a call of a workload whose calls may be made to fail: undefined when it failed with an error of the family,
 * which is how an injected fault is told. Any other error is a bug, and passed on.
 */
export async function unlessRefused<T>(call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    if (SeglogError.is(error)) return undefined;
    throw error;
  }
}

/** Whether the call was carried out: see {@link unlessRefused}. */
export async function succeeds(call: () => Promise<unknown>): Promise<boolean> {
  return (await unlessRefused(async () => [await call()])) !== undefined;
}
