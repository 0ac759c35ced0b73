import { SeglogError } from '../contract/error.js';

/** Longest name of a topic, in characters; all of them are ASCII. */
export const MAX_TOPIC_NAME_LENGTH = 249;

const RULE = `a topic name is 1 to ${MAX_TOPIC_NAME_LENGTH} characters of A-Z, a-z, 0-9, '.', '_' and '-', and does not start with '.'`;

/**
 * Throws `INVALID_TOPIC` unless `name` may be the name of a topic: 1 to 249 of `[A-Za-z0-9._-]`, not starting with `.`.
 * So it is a plain path component on every system, nothing hidden, and no way out of its directory. Facts: `topic` and
 * `reason`. What is no string at all is invalid, too: names come from outside.
 */
export function requireTopicName(name: unknown): asserts name is string {
  const reason = complaint(name);
  if (reason === undefined) return;
  const topic = typeof name === 'string' ? name : `a value of type ${typeof name}`;
  throw new SeglogError('INVALID_TOPIC', RULE, { topic, reason });
}

/** True when two names are one on a disk that does not tell upper from lower case. Such topics never exist side by side. */
export function sameTopicIgnoringCase(one: string, other: string): boolean {
  return topicNameKey(one) === topicNameKey(other);
}

/** What names that differ only in case have in common: the key to look them up by. */
export function topicNameKey(name: string): string {
  return name.toLowerCase();
}

function complaint(name: unknown): string | undefined {
  if (typeof name !== 'string') return 'not a string';
  if (name === '') return 'empty';
  if (name.length > MAX_TOPIC_NAME_LENGTH) return `${name.length} characters`;
  if (name.startsWith('.')) return 'starts with a dot';
  const at = name.search(/[^A-Za-z0-9._-]/);
  if (at === -1) return undefined;
  return `character U+${codePointOf(name, at)} at ${at}`;
}

function codePointOf(name: string, at: number): string {
  return (name.codePointAt(at) ?? 0).toString(16).toUpperCase().padStart(4, '0');
}
