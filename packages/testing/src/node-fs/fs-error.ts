import { SeglogError } from '@seglog/core';
import type { DiskCall } from '../simulated/trace.js';

/** An error as Node's file system gives it: callers look at `code`. */
export function fsError(code: string, syscall: string, path: string): Error {
  return Object.assign(new Error(`${code}: simulated, ${syscall} '${path}'`), { code, syscall, path });
}

/** What the disk throws, as a program that knows nothing of Seglog expects it. */
export function asFsError(error: unknown, call: DiskCall): unknown {
  if (!(error instanceof SeglogError)) return error;
  const { cause } = error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'EIO';
  return fsError(code, call.call, `/${call.path}`);
}
