import assert from 'node:assert/strict';
import { expectCode, expectRangeError, failureOf } from '../expectation.js';
import { everything, fill, type LogCheck, numbered, textOf } from './log-fixture.js';

/** Scans: the whole log without a copy, and every way to end one early. */
export function scanCases(check: LogCheck): void {
  lendingCases(check);
  besideCases(check);
  endingCases(check);
  interruptionCases(check);
}

function lendingCases(check: LogCheck): void {
  check('a scan lends every record in order, and resolves with where to go on', async (log) => {
    await fill(log, { count: 150 });
    for (const from of [0, 1, 77, 149]) {
      let expected = from;
      const next = await log.scan(from, (cursor) => {
        const given = numbered(expected);
        assert.equal(cursor.offset, expected);
        assert.equal(cursor.timestampMs, given.timestampMs);
        assert.equal(textOf(cursor.value), textOf(given.value));
        assert.equal(textOf(cursor.key), textOf(given.key ?? null));
        expected += 1;
      });
      assert.equal(expected, 150);
      assert.equal(next, 150);
    }
    assert.equal(await log.scan(150, () => assert.fail('nothing is there')), 150);
  });

  check('what is lent lies where the cursor says, lengths of null included', async (log) => {
    const headers = [{ name: 'h', value: new Uint8Array([1, 2]) }];
    await log.append([
      { key: new Uint8Array([7]), value: new Uint8Array([8, 9]), headers },
      { value: null },
      { key: new Uint8Array(), value: new Uint8Array() },
    ]);
    const lengths: number[][] = [];
    await log.scan(0, ({ source, keyPosition, keyBytes, valuePosition, valueBytes, ...rest }) => {
      lengths.push([keyBytes, valueBytes]);
      if (keyBytes > 0) assert.equal(source[keyPosition], 7);
      if (valueBytes > 0) assert.deepEqual([...source.subarray(valuePosition, valuePosition + 2)], [8, 9]);
      void rest;
    });
    assert.deepEqual(lengths, [
      [1, 2],
      [-1, -1],
      [0, 0],
    ]);
  });
}

function besideCases(check: LogCheck): void {
  check('scans beside each other do not disturb each other, nor reads inside them', async (log) => {
    await fill(log, { count: 100 });
    const reads: Promise<unknown>[] = [];
    const scanned = async (from: number): Promise<number> => {
      let expected = from;
      await log.scan(from, ({ offset, value }) => {
        assert.equal(offset, expected);
        assert.equal(textOf(value), textOf(numbered(expected).value));
        if (expected % 20 === 0) reads.push(log.read(99 - expected));
        expected += 1;
      });
      return expected;
    };
    assert.deepEqual(await Promise.all([scanned(0), scanned(33), scanned(50)]), [100, 100, 100]);
    await Promise.all(reads);
  });
}

function endingCases(check: LogCheck): void {
  check('a scan ends where its visitor returns false', async (log) => {
    await fill(log, { count: 100 });
    for (const last of [0, 1, 50, 99]) {
      const next = await log.scan(0, ({ offset }) => (offset === last ? false : undefined));
      assert.equal(next, last + 1);
    }
  });

  check('a scan ends before the offset that it was given', async (log) => {
    await fill(log, { count: 100 });
    for (const [from, to, end] of [
      [0, 0, 0],
      [0, 1, 1],
      [10, 60, 60],
      [60, 10, 60],
      [50, 1000, 100],
    ] as const) {
      let seen = 0;
      assert.equal(await log.scan(from, () => (seen += 1), { to }), end);
      assert.equal(seen, end - from);
    }
    for (const to of [-1, 0.5, Number.NaN]) {
      await expectRangeError(() => log.scan(0, () => undefined, { to }));
    }
  });
}

function interruptionCases(check: LogCheck): void {
  check(
    'a scan that is aborted under way rejects with the reason, and does not go to the end',
    async (log) => {
      await fill(log, { count: 100 });
      await log.roll();
      await fill(log, { first: 100, count: 100 });
      const control = new AbortController();
      const reason = new Error('no longer wanted');
      let seen = 0;
      const visit = (): void => {
        seen += 1;
        if (seen === 10) control.abort(reason);
      };
      assert.equal(await failureOf(() => log.scan(0, visit, { signal: control.signal })), reason);
      assert.ok(seen < 200, `${seen} records were visited`);
    },
  );

  check('what a visitor throws comes out of the scan, and the log goes on', async (log) => {
    await fill(log, { count: 50 });
    const mine = new Error('of the visitor');
    const visit = (): never => {
      throw mine;
    };
    assert.equal(await failureOf(() => log.scan(0, visit)), mine);
    assert.equal((await everything(log)).length, 50);
    await expectCode('OFFSET_OUT_OF_RANGE', () => log.scan(51, visit));
  });
}
