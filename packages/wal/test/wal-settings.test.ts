import { expect, test } from 'vitest';
import { walSettings, writeAheadSettings } from '../src/index.js';
import { walModule } from '../src/inversify.js';

test('a setting that is misspelt is refused before anything is opened', () => {
  const misspelt: object = { maxWalByte: 1 };
  const refused = /^there is no option maxWalByte; there are maxWalBytes, .*, maxSegmentBytes, .*, chain, /u;
  expect(() => walModule(misspelt)).toThrow(RangeError);
  expect(() => walModule(misspelt)).toThrow(refused);
  expect(() => writeAheadSettings(misspelt)).toThrow(refused);
});

test('a setting of a log is refused where the write-ahead log has none of that name', () => {
  for (const settings of [{ verify: 'never' }, { maxFrameBytes: 4096 }, { maxWalBytes: 1 }] as object[])
    expect(() => walSettings(settings)).toThrow(RangeError);
});

test('settings that are none are refused', () => {
  for (const settings of [null, 3, []] as never[]) expect(() => walModule(settings)).toThrow(TypeError);
});

test('every setting by its name is taken, with what the defaults are', () => {
  expect(writeAheadSettings(writeAheadSettings())).toEqual(writeAheadSettings());
  expect(walSettings(walSettings())).toEqual(walSettings());
});
