import { SeglogError } from '@seglog/core';
import type { DiskCall } from './trace.js';

/** What happens to a call that a rule selects. */
export type FaultEffect =
  /**
   * It fails with `errno`. A file's sync that fails with EIO, ENOSPC or EDQUOT marks the pages clean: the new bytes stay
   * visible until `evict()`, the next sync succeeds without them, and a power cut may or may not keep them. With `applied` the call takes effect and
   * fails all the same, as a rename over a network may.
   */
  | { readonly kind: 'error'; readonly errno: string; readonly applied?: boolean }
  /** The first `bytes` of a write arrive, then it fails. */
  | { readonly kind: 'short'; readonly bytes: number; readonly errno: string }
  /** It says that it worked, and did nothing. A device that lies about its cache does this to a sync. */
  | { readonly kind: 'lie' }
  /** It never settles. */
  | { readonly kind: 'hang' }
  /** It works, and the wall clock jumps by `ms`. */
  | { readonly kind: 'jump'; readonly ms: number };

/** Selects calls by every condition that is given. */
export interface FaultRule {
  readonly call?: DiskCall['call'] | readonly DiskCall['call'][];
  /** Matched against the path relative to the root. */
  readonly path?: RegExp;
  /** Only the mutating call with this index, or from this one on. */
  readonly at?: number;
  readonly from?: number;
  /** Only the call with this number, every call counted, mutating or not; or from this one on. */
  readonly atCall?: number;
  readonly fromCall?: number;
  /** Matching calls that are spared first; default 0. */
  readonly skip?: number;
  /** Calls that are hit; default 1. `Infinity` for ever. */
  readonly times?: number;
  readonly effect: FaultEffect;
}

/** Decides which call fails how. Rules are asked in order; the first that applies wins. */
export class FaultPlan {
  readonly #rules: readonly FaultRule[];
  readonly #seen: number[];
  #calls = 0;
  /** Told of every call, in order: the first has number 0. */
  public onCall: ((call: DiskCall) => void) | undefined;

  public constructor(rules: readonly FaultRule[]) {
    this.#rules = rules;
    this.#seen = rules.map(() => 0);
  }

  /** `index` is that of a mutating call, undefined for the others. */
  public effectOn(call: DiskCall, index: number | undefined): FaultEffect | undefined {
    const number = this.#calls;
    this.#calls += 1;
    this.onCall?.(call);
    return this.#rules.length === 0 ? undefined : this.#chosen(call, index, number);
  }

  #chosen(call: DiskCall, index: number | undefined, place: number): FaultEffect | undefined {
    for (const [number, rule] of this.#rules.entries()) {
      if (!selects(rule, call, index) || !holds(place, rule)) continue;
      const seen = (this.#seen[number] ?? 0) - (rule.skip ?? 0);
      this.#seen[number] = (this.#seen[number] ?? 0) + 1;
      if (seen >= 0 && seen < (rule.times ?? 1)) return rule.effect;
    }
    return undefined;
  }
}

function selects(rule: FaultRule, call: DiskCall, index: number | undefined): boolean {
  if (rule.call !== undefined) {
    const calls = typeof rule.call === 'string' ? [rule.call] : rule.call;
    if (!calls.includes(call.call)) return false;
  }
  if (rule.path !== undefined && !rule.path.test(call.path)) return false;
  if (rule.at !== undefined && rule.at !== index) return false;
  return rule.from === undefined || (index !== undefined && index >= rule.from);
}

function holds(place: number, { atCall, fromCall }: FaultRule): boolean {
  return (atCall === undefined || atCall === place) && (fromCall === undefined || place >= fromCall);
}

/** The error of the contract, with an operating system's error as its cause. */
export function storageError(call: DiskCall, errno: string): SeglogError {
  const name = call.path.slice(call.path.lastIndexOf('/') + 1);
  const cause = Object.assign(new Error(`${errno}: simulated, ${call.call} '${call.path}'`), {
    code: errno,
    syscall: call.call,
  });
  const code = errno === 'ENOSPC' || errno === 'EDQUOT' ? 'STORAGE_FULL' : 'STORAGE';
  return new SeglogError(code, 'the storage failed', { call: call.call, name, errno }, { cause });
}
