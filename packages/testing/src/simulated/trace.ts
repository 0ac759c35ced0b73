import { combine, hashBytes, hashText } from './state-hash.js';

export type MutatingCall =
  | 'create'
  | 'createDirectory'
  | 'write'
  | 'preallocate'
  | 'truncate'
  | 'sync'
  | 'syncDirectory'
  | 'rename'
  | 'remove'
  | 'lock';

export type ObservingCall = 'list' | 'sizeOf' | 'directory' | 'open' | 'openReader' | 'read' | 'close';

/** One call to the disk, as faults select it and as a timeline shows it. */
export interface DiskCall {
  readonly call: MutatingCall | ObservingCall;
  /** Relative to the root, `/` between names; empty for the root itself. */
  readonly path: string;
  /** The other name of a rename. */
  readonly target?: string | undefined;
  readonly position?: number | undefined;
  /** What is written. */
  readonly bytes?: Uint8Array | undefined;
  /** The size asked for by a truncation or preallocation, or bytes to read. */
  readonly sizeBytes?: number | undefined;
}

/** A mutating call as it happened. */
export interface TraceEntry extends DiskCall {
  readonly index: number;
  readonly atMs: number;
  /** `in flight` until it settles; then `done`, `lied` by a fault that did nothing, or the errno that it failed with. */
  readonly outcome: string;
}

/** An entry of which the outcome is still to come. All have one shape, whatever the call: there are millions of them. */
export class MadeEntry implements TraceEntry {
  public readonly call: DiskCall['call'];
  public readonly path: string;
  public readonly target: string | undefined;
  public readonly position: number | undefined;
  public readonly bytes: Uint8Array | undefined;
  public readonly sizeBytes: number | undefined;
  public readonly index: number;
  public readonly atMs: number;
  public outcome = 'in flight';

  public constructor(call: DiskCall, index: number, atMs: number) {
    this.call = call.call;
    this.path = call.path;
    this.target = call.target;
    this.position = call.position;
    this.bytes = call.bytes;
    this.sizeBytes = call.sizeBytes;
    this.index = index;
    this.atMs = atMs;
  }
}

/** One number for what a program did to its disk: equal for two runs that did the same in the same order. */
export function traceHash(entries: readonly TraceEntry[]): number {
  return entries.reduce((hash, entry) => combine(hash, entryHash(entry)), entries.length);
}

function entryHash(entry: TraceEntry): number {
  const numbers = `${entry.call} ${entry.path} ${entry.target ?? ''} ${entry.position ?? ''} ${entry.sizeBytes ?? ''}`;
  return combine(
    hashText(`${numbers} ${entry.outcome}`),
    entry.bytes === undefined ? 0 : hashBytes(entry.bytes),
  );
}

/** `write 0000.log @128 64 B`: one call in words. */
export function describeCall(call: DiskCall): string {
  const parts: string[] = [call.call, call.path === '' ? '.' : call.path];
  if (call.target !== undefined) parts.push(`-> ${call.target}`);
  if (call.position !== undefined) parts.push(`@${call.position}`);
  if (call.bytes !== undefined) parts.push(`${call.bytes.length} B`);
  if (call.sizeBytes !== undefined) parts.push(`to ${call.sizeBytes} B`);
  return parts.join(' ');
}
