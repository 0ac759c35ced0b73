import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  groupCommit,
  parseSyncPolicy,
  type SyncPolicy,
  syncAlways,
  syncEvery,
  syncNever,
  type UnsyncedTail,
} from '../../src/index.js';

const tail = (facts: Partial<UnsyncedTail>): UnsyncedTail => ({
  nowMs: 0,
  bytes: 1,
  appends: 1,
  firstWriteMs: 0,
  waiters: 0,
  ...facts,
});

const name = (text: string): string => parseSyncPolicy(text)().name;

const wrongNumbers = [0, -1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];

describe('sync policies', () => {
  test('syncAlways syncs every group at once and acknowledges what is synced', () => {
    const policy = syncAlways()();
    expect(policy.name).toBe('always');
    expect(policy.acknowledge).toBe('synced');
    expect(policy.decide(tail({ waiters: 1 }))).toBe('now');
  });

  test('groupCommit waits from the first write until the deadline or the bytes', () => {
    const policy = groupCommit({ maxDelayMs: 2, maxBytes: 1000 })();
    expect(policy.decide(tail({ firstWriteMs: 5, nowMs: 5 }))).toEqual({ atMs: 7 });
    expect(policy.decide(tail({ firstWriteMs: 5, nowMs: 6.9, bytes: 999 }))).toEqual({ atMs: 7 });
    expect(policy.decide(tail({ firstWriteMs: 5, nowMs: 7 }))).toBe('now');
    expect(policy.decide(tail({ firstWriteMs: 5, nowMs: 5, bytes: 1000 }))).toBe('now');
  });

  test('syncEvery counts appends, bytes or time, and never leaves a group that does not fill up', () => {
    const appends = syncEvery({ appends: 3 })();
    expect(appends.acknowledge).toBe('written');
    expect(appends.decide(tail({ appends: 2 }))).toEqual({ atMs: 1000 });
    expect(appends.decide(tail({ appends: 3 }))).toBe('now');
    expect(appends.decide(tail({ appends: 1, nowMs: 1000 }))).toBe('now');
    const bytes = syncEvery({ bytes: 4096, maxMs: 50 })();
    expect(bytes.decide(tail({ bytes: 4095 }))).toEqual({ atMs: 50 });
    expect(bytes.decide(tail({ bytes: 4096 }))).toBe('now');
    expect(syncEvery({ ms: 100 })().decide(tail({ firstWriteMs: 30, nowMs: 40 }))).toEqual({ atMs: 130 });
  });

  test('syncNever leaves it to others', () => {
    expect(syncNever()().acknowledge).toBe('written');
    expect(syncNever()().decide(tail({ bytes: 2 ** 40, nowMs: 2 ** 40 }))).toBe('later');
  });

  test('numbers out of range are refused', () => {
    for (const wrong of wrongNumbers) {
      expect(() => syncEvery({ appends: wrong })).toThrow(RangeError);
      expect(() => syncEvery({ bytes: wrong })).toThrow(RangeError);
      expect(() => syncEvery({ ms: wrong })).toThrow(RangeError);
      expect(() => syncEvery({ appends: 1, maxMs: wrong })).toThrow(RangeError);
      expect(() => groupCommit({ maxDelayMs: 1, maxBytes: wrong })).toThrow(RangeError);
      if (wrong !== 0) expect(() => groupCommit({ maxDelayMs: wrong })).toThrow(RangeError);
    }
    expect(() => syncEvery({ appends: 1.5 })).toThrow(RangeError);
    expect(() => syncEvery({ bytes: 2 ** 53 })).toThrow(RangeError);
    expect(() => syncEvery({ ms: 2 ** 31 })).toThrow(RangeError);
  });

  test('options that are misspelt are refused, and so is a longest wait beside a time', () => {
    expect(() => groupCommit({ maxDelayMs: 2, maxByte: 1 } as never)).toThrow(
      new RangeError('there is no option maxByte; there are maxDelayMs, maxBytes'),
    );
    expect(() => groupCommit(undefined as never)).toThrow(TypeError);
    expect(() => syncEvery({ appends: 5, maxMS: 1 } as never)).toThrow(
      new RangeError('there is no option maxMS; there are appends, bytes, ms, maxMs'),
    );
    const both = { ms: 5, maxMs: 1 };
    expect(() => syncEvery(both)).toThrow(new RangeError('there is no option maxMs; there are ms'));
    expect(() => syncEvery(null as never)).toThrow(TypeError);
    expect(groupCommit({ maxDelayMs: 2, maxBytes: undefined })().name).toBe('group:2ms');
  });

  test('syncEvery takes one way to count', () => {
    const both = { appends: 1, ms: 1 };
    expect(() => syncEvery(both)).toThrow(TypeError);
    expect(() => syncEvery({ maxMs: 5 } as never)).toThrow(TypeError);
    expect(() => syncEvery({ appends: '5' } as never)).toThrow(TypeError);
  });
});

describe('the text form of a sync policy', () => {
  test('says what the functions say', () => {
    expect(name('always')).toBe('always');
    expect(name('never')).toBe('never');
    expect(name('appends:100')).toBe('appends:100');
    expect(name('appends:100,250ms')).toBe('appends:100,250ms');
    expect(name('bytes:1MiB')).toBe('bytes:1048576');
    expect(name('ms:100')).toBe('ms:100');
    expect(name('group:2ms')).toBe('group:2ms');
    expect(name('group:0.5ms,256KiB')).toBe('group:0.5ms,262144');
  });

  test('a name makes the same policy again', () => {
    const count = fc.integer({ min: 1 });
    const ms = fc.oneof(
      fc.integer({ min: 1, max: 2 ** 31 - 1 }),
      fc.double({ min: 1e-9, max: 1e9, noNaN: true }),
    );
    const factories = fc.oneof(
      fc.constant(syncAlways()),
      fc.constant(syncNever()),
      fc.record({ maxDelayMs: ms, maxBytes: fc.option(count, { nil: undefined }) }).map(groupCommit),
      fc.record({ appends: count, maxMs: fc.option(ms, { nil: undefined }) }).map(syncEvery),
      fc.record({ bytes: count, maxMs: fc.option(ms, { nil: undefined }) }).map(syncEvery),
      ms.map((value) => syncEvery({ ms: value })),
    );
    const tails = fc.record({
      nowMs: fc.double({ min: 0, max: 1e7, noNaN: true }),
      bytes: fc.integer({ min: 1 }),
      appends: fc.integer({ min: 1 }),
      firstWriteMs: fc.double({ min: 0, max: 1e7, noNaN: true }),
      waiters: fc.nat(5),
    });
    fc.assert(
      fc.property(factories, tails, (factory, asked) => {
        const policy: SyncPolicy = factory();
        const again = parseSyncPolicy(policy.name)();
        expect(again.name).toBe(policy.name);
        expect(again.acknowledge).toBe(policy.acknowledge);
        expect(again.decide(asked)).toEqual(policy.decide(asked));
      }),
    );
  });

  test('anything else is refused', () => {
    for (const text of [
      '',
      'sometimes',
      'always:1',
      'never:',
      'appends',
      'appends:',
      'appends:0',
      'appends:-1',
      'appends:NaN',
      'appends:1.5',
      'appends:0x10',
      'appends:1,2',
      'appends:1,0ms',
      'appends:1,2ms,3ms',
      'bytes:0',
      'bytes:1XiB',
      'bytes:Infinity',
      'ms:0',
      'ms:-5',
      'ms:1,1ms',
      'ms:Infinity',
      'ms:100ms',
      'group:0ms',
      'group:2',
      'group:2s',
      'group:2ms,0',
      'group:2ms:3',
      'ms:99999999999',
      'Always',
      ' always',
    ]) {
      expect(() => parseSyncPolicy(text), text).toThrow(RangeError);
    }
  });
});
