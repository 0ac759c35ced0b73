import assert from 'node:assert/strict';
import { SeglogError, type SeglogErrorCode } from '@seglog/core';

/** The error that `action` throws or rejects with; fails when it does neither. */
export async function failureOf(action: () => unknown): Promise<unknown> {
  try {
    await action();
  } catch (error) {
    return error;
  }
  return assert.fail('the call succeeded, and must fail');
}

/** `action` fails with a Seglog error of `code`, whose facts hold `facts`. Returns the error. */
export async function expectCode(
  code: SeglogErrorCode,
  action: () => unknown,
  facts: Readonly<Record<string, unknown>> = {},
): Promise<SeglogError> {
  const error = await failureOf(action);
  assert.ok(SeglogError.is(error), `expected ${code}, got ${String(error)}`);
  assert.equal(error.code, code, error.message);
  for (const [key, value] of Object.entries(facts)) assert.deepEqual(error.facts[key], value, `fact ${key}`);
  return error;
}

/** `action` fails with a `RangeError`: the caller made a mistake. */
export async function expectRangeError(action: () => unknown): Promise<void> {
  const error = await failureOf(action);
  assert.ok(error instanceof RangeError, `expected a RangeError, got ${String(error)}`);
}

/** The same bytes, whatever kind of view holds them. Names the first difference instead of printing both. */
export function expectBytes(actual: Uint8Array, expected: Uint8Array): void {
  if (Buffer.compare(actual, expected) === 0) return;
  const length = Math.min(actual.length, expected.length);
  let at = 0;
  while (at < length && actual[at] === expected[at]) at += 1;
  assert.fail(
    `bytes differ at ${at}: ${actual[at]} of ${actual.length}, not ${expected[at]} of ${expected.length}`,
  );
}

/** `length` bytes without repetition in sight; another `seed`, other bytes. None of them is zero. */
export function patternBytes(length: number, seed = 1): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = (seed * 0x9e3779b1) >>> 0 || 1;
  for (let at = 0; at < length; at += 1) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[at] = (state >>> 8) & 0xff || 1;
  }
  return bytes;
}
