import { SeglogError } from '@seglog/core';

/** The short name of what the operating system answered, such as `ENOENT`; undefined when it was no such answer. */
export function errnoOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined;
  return /^E[A-Z0-9]+$/.test(error.code) ? error.code : undefined;
}

/** What an answer of the operating system means to a caller. Errors of ours, and mistakes, stay what they are. */
export function storageFailure(call: string, name: string, error: unknown): unknown {
  const errno = errnoOf(error);
  if (errno === undefined || SeglogError.is(error)) return error;
  const full = errno === 'ENOSPC' || errno === 'EDQUOT';
  const sentence = full ? 'no space left for the storage' : 'the storage refused a call';
  return new SeglogError(
    full ? 'STORAGE_FULL' : 'STORAGE',
    sentence,
    { call, name, errno },
    { cause: error },
  );
}

/** A refusal of our own, in the words of the operating system. */
export function refusal(
  sentence: string,
  facts: { readonly call: string; readonly name: string; readonly path?: string; readonly errno: string },
): SeglogError {
  return new SeglogError('STORAGE', sentence, facts);
}

/** Runs `work`, and gives what fails in it the call and the name that the caller knows. */
export async function named<T>(call: string, name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw storageFailure(call, name, error);
  }
}
