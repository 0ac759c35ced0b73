import { type FileCalls, nodeFileCalls } from '../src/file-calls.js';

/** The error that the operating system would give. */
export function osError(errno: string): Error {
  return Object.assign(new Error(`${errno}: injected`), { code: errno });
}

/** The real calls, some of them replaced. */
export function faultyCalls(replaced: Partial<FileCalls>): FileCalls {
  return { ...nodeFileCalls, ...replaced };
}
