import type { EnginePlan } from '../engine/open-engine.js';

export interface ReopenPlan {
  readonly engine: EnginePlan;
  /** `fill` closes what it wrote, `fill-and-die` kills itself instead, `open` looks at what either has left. */
  readonly task: 'fill' | 'fill-and-die' | 'open';
  /** Payload to write. */
  readonly bytes: number;
}

export interface Reopened {
  /** From nothing to the last partition open. */
  readonly openMs: number;
  readonly scannedBytes: number;
  /** That the process read from files meanwhile, whatever for. */
  readonly readBytes: number;
  readonly clean: boolean;
  readonly records: number;
  readonly segments: number;
}

export const TOPIC = 'reopened';
export const RECORD_BYTES = 1024;
