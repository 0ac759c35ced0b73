import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { requireTopicName, SeglogError, sameTopicIgnoringCase } from '../../src/index.js';

function refusalOf(name: unknown): SeglogError {
  try {
    requireTopicName(name);
  } catch (error) {
    if (SeglogError.is(error, 'INVALID_TOPIC')) return error;
    throw error;
  }
  throw new Error(`accepted ${JSON.stringify(name)}`);
}

test('names of the allowed characters are names of topics', () => {
  const first = fc.constantFrom('A', 'Z', 'a', 'z', '0', '9', '_', '-');
  const others = fc.array(fc.constantFrom('A', 'Z', 'a', 'z', '0', '9', '_', '-', '.'), { maxLength: 248 });
  fc.assert(
    fc.property(first, others, (start, rest) => {
      expect(() => requireTopicName(start + rest.join(''))).not.toThrow();
    }),
  );
  expect(() => requireTopicName('x'.repeat(249))).not.toThrow();
  expect(() => requireTopicName('constructor')).not.toThrow();
});

test('anything else is refused with the reason', () => {
  const reasons: [unknown, string][] = [
    ['', 'empty'],
    ['.', 'starts with a dot'],
    ['..', 'starts with a dot'],
    ['.hidden', 'starts with a dot'],
    ['x'.repeat(250), '250 characters'],
    ['a/b', 'character U+002F at 1'],
    ['a\\b', 'character U+005C at 1'],
    ['a\0', 'character U+0000 at 1'],
    ['a\n', 'character U+000A at 1'],
    [' a', 'character U+0020 at 0'],
    ['über', 'character U+00FC at 0'],
    ['ok😀', 'character U+1F600 at 2'],
    ['x\ud800', 'character U+D800 at 1'],
    [undefined, 'not a string'],
    [null, 'not a string'],
    [7, 'not a string'],
    [['a'], 'not a string'],
  ];
  for (const [name, reason] of reasons) expect(refusalOf(name).facts['reason'], String(name)).toBe(reason);
  expect(refusalOf('a\0b').message).toContain("does not start with '.'");
  expect(refusalOf('a\u001b[31m').message).not.toContain('\u001b');
  expect(refusalOf('a/b').facts['topic']).toBe('a/b');
});

test('whatever is accepted is one plain path component', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (name) => {
      let accepted = true;
      try {
        requireTopicName(name);
      } catch {
        accepted = false;
      }
      expect(accepted).toBe(/^[\w-][\w.-]{0,248}$/.test(name) && !name.includes('\n'));
    }),
  );
});

test('names that differ only in case are the same to a disk that ignores it', () => {
  expect(sameTopicIgnoringCase('Orders', 'oRDERS')).toBe(true);
  expect(sameTopicIgnoringCase('orders', 'orders')).toBe(true);
  expect(sameTopicIgnoringCase('orders', 'order')).toBe(false);
  expect(sameTopicIgnoringCase('a-b', 'a_b')).toBe(false);
});
