import type { SyncPolicyFactory } from '../contract/sync-policy.js';
import { parseSize } from './size-text.js';
import { groupCommit, syncAlways, syncEvery, syncNever } from './sync-policies.js';

/**
 * A sync policy from its text form, as options and configuration have it:
 *
 * - `always`, `never`
 * - `appends:100` and `bytes:1MiB`, each with the longest wait if a group does not fill up: `appends:100,250ms`
 * - `ms:100`
 * - `group:2ms`, with the bytes that end the wait: `group:2ms,256KiB`
 *
 * A policy's name is such a text and makes the same policy again. Throws `RangeError` for anything else; a group that
 * does not wait is `always`.
 */
export function parseSyncPolicy(text: string): SyncPolicyFactory {
  const [kind, rest, ...tooMuch] = text.split(':');
  const [first, second, ...more] = (rest ?? '').split(',');
  if (tooMuch.length > 0 || more.length > 0 || first === undefined) throw notAPolicy(text);
  const policy = built(text, () => build(kind ?? '', rest === undefined ? undefined : first, second));
  if (policy === undefined) throw notAPolicy(text);
  return policy;
}

/** Who wrote a text is told of the text: the number that it came to says little. */
function built<T>(text: string, make: () => T): T {
  try {
    return make();
  } catch (cause) {
    throw notAPolicy(text, cause);
  }
}

function build(
  kind: string,
  first: string | undefined,
  second: string | undefined,
): SyncPolicyFactory | undefined {
  if (first === undefined) return withoutNumber(kind);
  const maxMs = second === undefined ? undefined : milliseconds(second);
  if (kind === 'appends') return syncEvery({ appends: decimal(first), maxMs });
  if (kind === 'bytes') return syncEvery({ bytes: parseSize(first), maxMs });
  if (kind === 'ms' && second === undefined) return syncEvery({ ms: decimal(first) });
  const maxDelayMs = milliseconds(first);
  if (kind !== 'group' || maxDelayMs === 0) return undefined;
  return groupCommit({ maxDelayMs, maxBytes: second === undefined ? undefined : parseSize(second) });
}

function withoutNumber(kind: string): SyncPolicyFactory | undefined {
  if (kind === 'always') return syncAlways();
  return kind === 'never' ? syncNever() : undefined;
}

function milliseconds(text: string): number {
  return text.endsWith('ms') ? decimal(text.slice(0, -2)) : Number.NaN;
}

/** NaN for what is no plain decimal number; the policies refuse it. */
function decimal(text: string): number {
  return /^\d{1,16}(\.\d{1,25})?(e-\d{1,3})?$/.test(text) ? Number(text) : Number.NaN;
}

function notAPolicy(text: string, cause?: unknown): RangeError {
  const forms = 'always, never, appends:100, bytes:1MiB, ms:100 or group:2ms';
  return new RangeError(`a sync policy is ${forms}, not ${JSON.stringify(text.slice(0, 100))}`, { cause });
}
