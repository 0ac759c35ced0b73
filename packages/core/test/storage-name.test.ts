import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { requireStorageName } from '../src/index.js';

test('what is accepted is one plain path component', () => {
  const anyName = fc.oneof(
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom('.', 'a', '/') }),
  );
  fc.assert(
    fc.property(anyName, (name) => {
      const plain = /^[\w.-]+$/.test(name) && name !== '.' && name !== '..' && name.length <= 255;
      if (plain) requireStorageName(name);
      else expect(() => requireStorageName(name)).toThrow(RangeError);
    }),
  );
});

test.each([[undefined], [null], [5], [['a']], [{ toString: () => 'a' }]])('%s is no name', (value) => {
  expect(() => requireStorageName(value as string)).toThrow(RangeError);
});
