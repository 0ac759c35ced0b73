import { SystemClock } from '@seglog/core';
import { expect, test } from 'vitest';
import { Cleanup, type CleanupTarget } from '../src/index.js';
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

test('numbers that make no sense are refused before a module is loaded', () => {
  expect(() => compactionModule({ intervalMs: 0 })).toThrow(RangeError);
  expect(() => compactionModule({ maxBytesPerSecond: Number.NaN })).toThrow(RangeError);
  expect(() => compactionModule(null as never)).toThrow(TypeError);
});
