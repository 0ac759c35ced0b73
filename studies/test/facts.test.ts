import { describe, expect, test } from 'vitest';
import { lostIn, mixedIn, type SetFact } from '../src/study/facts.js';

const asked = (key: string, value: string): SetFact => ({ phase: 'asked', key, value });
const told = (key: string, value: string): SetFact => ({ phase: 'told', key, value });
const set = (key: string, value: string): SetFact[] => [asked(key, value), told(key, value)];
const found = (values: Readonly<Record<string, string>>): Map<string, string> =>
  new Map(Object.entries(values));

const history = [...set('a', 'a1'), ...set('b', 'b1'), ...set('a', 'a2'), asked('c', 'c1')];

describe('what counts as kept', () => {
  test.each([
    [{ a: 'a2', b: 'b1' }, history],
    [{ a: 'a2', b: 'b1', c: 'c1' }, history],
    [{}, [asked('a', 'a1')]],
    [{ a: 'a3' }, [...set('a', 'a2'), asked('a', 'a3')]],
    [{ a: 'a2' }, [asked('a', 'a1'), asked('a', 'a2'), told('a', 'a1')]],
  ])('%j', (values, facts) => {
    expect(lostIn(found(values), facts)).toBeUndefined();
  });

  test.each([
    [{ a: 'a1', b: 'b1' }, 'a was'],
    [{ a: 'a2' }, 'b was'],
    [{}, 'a was'],
  ])('%j is a loss', (values, words) => {
    expect(lostIn(found(values), history)).toContain(words);
  });
});

describe('what counts as whole', () => {
  test.each([{}, { a: 'a1' }, { a: 'a1', b: 'b1' }, { a: 'a2', b: 'b1' }, { a: 'a2', b: 'b1', c: 'c1' }])(
    '%j',
    (values) => {
      expect(mixedIn(found(values), history)).toBeUndefined();
    },
  );

  test.each([
    [{ a: 'zz' }, 'never set'],
    [{ d: 'a1' }, 'never set'],
    [{ b: 'b1' }, 'before that a was'],
    [{ a: 'a2' }, 'before that b was'],
    [{ a: 'a1', b: 'b1', c: 'c1' }, 'before that a was'],
  ])('%j is not', (values, words) => {
    expect(mixedIn(found(values), history)).toContain(words);
  });
});
