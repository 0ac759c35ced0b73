import { SystemClock } from '@seglog/core';
import { expect, test } from 'vitest';
import { Cleanup, type CleanupTarget, exactOffsetMap, hashedOffsetMap, sizeTiered } from '../src/index.js';
import { compactionModule } from '../src/inversify.js';

const untouched = {} as CleanupTarget;

test('an option that is misspelt is refused, by the module and by the cleanup', () => {
  const misspelt: object = { intervalMS: 10 };
  const names = 'intervalMs, maxBytesPerSecond, sliceMs, backoffMs, maxBackoffMs, retention';
  expect(() => compactionModule(misspelt)).toThrow(
    new RangeError(`there is no option intervalMS; there are strategy, offsetMap, ${names}`),
  );
  expect(() => new Cleanup(untouched, { clock: new SystemClock() }, misspelt)).toThrow(
    new RangeError(`there is no option intervalMS; there are ${names}`),
  );
});

test.each([
  ['sizeTiered', sizeTiered, { minSegment: 3 }],
  ['exactOffsetMap', exactOffsetMap, { maxByte: 1e6 }],
  ['hashedOffsetMap', hashedOffsetMap, { maxBytes: 1e6, hashes: 2 }],
])('an option of %s that is misspelt is refused', (_name, make: (options: object) => unknown, options) => {
  expect(() => make(options)).toThrow(new RegExp(`^there is no option ${Object.keys(options).at(-1)};`));
});

test('numbers that make no sense are refused before a module is loaded', () => {
  expect(() => compactionModule({ intervalMs: 0 })).toThrow(RangeError);
  expect(() => compactionModule({ maxBytesPerSecond: Number.NaN })).toThrow(RangeError);
  expect(() => compactionModule(null as never)).toThrow(TypeError);
});
