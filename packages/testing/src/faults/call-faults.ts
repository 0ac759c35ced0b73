import { SeglogError } from '@seglog/core';

/** The calls of a directory, its files and its readers that can be made to fail. */
export type FaultyCall =
  | 'list'
  | 'sizeOf'
  | 'directory'
  | 'create'
  | 'open'
  | 'openReader'
  | 'rename'
  | 'remove'
  | 'syncDirectory'
  | 'lock'
  | 'read'
  | 'write'
  | 'preallocate'
  | 'truncate'
  | 'sync'
  | 'close';

/** Which calls fail, and how. Calls are counted from the moment at which the fault is injected. */
export interface CallFault {
  readonly call: FaultyCall | readonly FaultyCall[];
  /** Only calls on names that match. The name of a directory's own sync and list is empty. */
  readonly name?: RegExp;
  /** The first matching call that fails, 1 for the next one. Default 1. */
  readonly nth?: number;
  /** How many fail from there on; `Infinity` for ever. Default 1. */
  readonly times?: number;
  /** Default `STORAGE`. */
  readonly code?: 'STORAGE' | 'STORAGE_FULL';
  /** So many bytes of a write arrive before it fails. Default 0. */
  readonly partialBytes?: number;
}

/** The faults of one tree of directories, and what its calls have met. */
export class CallFaults {
  #faults: { readonly fault: CallFault; seen: number }[] = [];
  #failed = 0;

  /** Calls that were made to fail so far. */
  public get failed(): number {
    return this.#failed;
  }

  /** Adds a fault to those that are there. */
  public inject(fault: CallFault): void {
    this.#faults.push({ fault, seen: 0 });
  }

  /** Calls work again, but for files whose sync has failed: they stay shut, as the contract says. */
  public heal(): void {
    this.#faults = [];
  }

  /** The fault that this call meets, if any. Counts the call. */
  public meet(call: FaultyCall, name: string): CallFault | undefined {
    let met: CallFault | undefined;
    for (const entry of this.#faults) {
      const { fault } = entry;
      const calls = typeof fault.call === 'string' ? [fault.call] : fault.call;
      if (!calls.includes(call) || fault.name?.test(name) === false) continue;
      entry.seen += 1;
      const first = fault.nth ?? 1;
      if (entry.seen >= first && entry.seen < first + (fault.times ?? 1)) met ??= fault;
    }
    if (met !== undefined) this.#failed += 1;
    return met;
  }

  /** Rejects in the place of a call that meets a fault. */
  public async guard<T>(call: FaultyCall, name: string, action: () => Promise<T>): Promise<T> {
    const fault = this.meet(call, name);
    if (fault !== undefined) throw faultError(fault, call, name);
    return action();
  }
}

/** As the contract says: the code, and the facts `call`, `name` and `errno`. */
export function faultError({ code = 'STORAGE' }: CallFault, call: FaultyCall, name: string): SeglogError {
  const errno = code === 'STORAGE_FULL' ? 'ENOSPC' : 'EIO';
  const cause = Object.assign(new Error(`${errno}: injected, ${call} '${name}'`), { code: errno });
  return new SeglogError(code, 'the storage failed', { call, name, errno }, { cause });
}
