import assert from 'node:assert/strict';
import type { WalRecord, WriteAheadLog } from '@seglog/core';
import { expectBytes, expectCode, expectRangeError, failureOf, patternBytes } from './expectation.js';
import type { SuiteRunner } from './suite-runner.js';

/** An empty directory for one case, and the log that is opened on it, as often as the case likes. */
export interface WriteAheadLogFixture {
  /**
   * Opens the log. Records of more than 200 bytes take several pieces, where it has pieces; the longest record is 4,096
   * bytes; segments hold 4 to 16 KiB, where it has segments.
   */
  open(): Promise<WriteAheadLog>;
  /** Closes what is open and leaves nothing behind. */
  dispose(): Promise<void>;
}

export type CreateWriteAheadLog = () => WriteAheadLogFixture | Promise<WriteAheadLogFixture>;

type WalCheck = (
  title: string,
  body: (wal: WriteAheadLog, fixture: WriteAheadLogFixture) => Promise<void>,
) => void;

/** The exam of every {@link WriteAheadLog}: what its users may rely on, whatever stands behind it. */
export function writeAheadLogConformance(
  runner: SuiteRunner,
  name: string,
  create: CreateWriteAheadLog,
): void {
  const check: WalCheck = (title, body) => {
    runner.test(title, async () => {
      const fixture = await create();
      try {
        await body(await fixture.open(), fixture);
      } finally {
        await fixture.dispose();
      }
    });
  };
  runner.describe(`WriteAheadLog: ${name}`, () => {
    recordCases(check);
    numberCases(check);
    replayCases(check);
    endCases(check);
  });
}

const LENGTHS = [0, 1, 20, 200, 201, 777, 4096, 3, 2500, 64];

function recordCases(check: WalCheck): void {
  check('records of every length come back byte for byte, in the order of the calls', async (wal) => {
    const positions = await Promise.all(
      LENGTHS.map((length, i) => wal.append(patternBytes(length, i + 1), { kind: i })),
    );
    const found = await replayed(wal);
    assert.equal(found.length, LENGTHS.length);
    found.forEach((record, i) => {
      expectBytes(record.payload, patternBytes(LENGTHS[i] ?? 0, i + 1));
      const { lsn, nextLsn, kind } = record;
      assert.deepEqual({ lsn, nextLsn }, positions[i], 'a record lies where its append was told');
      assert.equal(kind, i);
    });
  });

  check('what a replay hands out is the visitor’s own, and stays', async (wal) => {
    await wal.append(patternBytes(300));
    const [first] = await replayed(wal);
    first?.payload.fill(0);
    expectBytes((await replayed(wal))[0]?.payload ?? new Uint8Array(), patternBytes(300));
  });

  check('an append that resolved is durable', async (wal) => {
    const { nextLsn } = await wal.append(patternBytes(10));
    assert.ok(wal.marks().durable >= nextLsn);
  });

  check('a record that is refused leaves no trace', async (wal) => {
    const { nextLsn } = await wal.append(patternBytes(10));
    await expectCode('RECORD_TOO_LARGE', () => wal.append(patternBytes(4097)), {
      bytes: 4097,
      maxBytes: 4096,
    });
    for (const kind of [-1, 256, 1.5, Number.NaN]) {
      await expectRangeError(() => wal.append(patternBytes(10), { kind }));
    }
    assert.equal((await wal.append(patternBytes(10))).lsn, nextLsn, 'no LSN was spent');
    assert.equal((await replayed(wal)).length, 2);
  });
}

function numberCases(check: WalCheck): void {
  check('LSNs follow each other without a hole, over rolls too', async (wal) => {
    let next = wal.marks().end;
    for (let i = 0; i < 40; i += 1) {
      if (i % 7 === 3) await wal.roll();
      const { lsn, nextLsn } = await wal.append(patternBytes((i * 97) % 900, i + 1));
      assert.equal(lsn, next);
      assert.ok(nextLsn > lsn);
      next = nextLsn;
    }
    const found = await replayed(wal);
    assert.equal(found.length, 40, 'none is lost at the border of two segments');
    assert.deepEqual(
      found.slice(1).map(({ lsn }) => lsn),
      found.slice(0, -1).map(({ nextLsn }) => nextLsn),
    );
  });

  check('LSNs go on after closing, and after everything was released', async (wal, fixture) => {
    const { nextLsn } = await wal.append(patternBytes(700));
    await wal.close();
    const second = await fixture.open();
    assert.equal((await replayed(second)).length, 1);
    assert.equal(second.marks().end, nextLsn);
    await second.release(nextLsn);
    await second.close();
    const third = await fixture.open();
    assert.deepEqual(await replayed(third), []);
    assert.deepEqual(third.marks(), { start: nextLsn, durable: nextLsn, end: nextLsn });
    assert.equal((await third.append(patternBytes(1))).lsn, nextLsn);
  });

  check('released records are not replayed, and those behind them are', async (wal, fixture) => {
    const positions = [];
    for (let i = 0; i < 60; i += 1) positions.push(await wal.append(patternBytes(250, i + 1)));
    const upTo = positions[44]?.nextLsn ?? 0;
    await wal.release(upTo);
    assert.equal(wal.marks().start, upTo);
    const before = await replayed(wal);
    assert.deepEqual(
      before.map(({ lsn }) => lsn),
      positions.slice(45).map(({ lsn }) => lsn),
    );
    await wal.release(0);
    assert.equal(wal.marks().start, upTo, 'a release never takes one back');
    await wal.close();
    assert.deepEqual(await replayed(await fixture.open()), before);
  });

  check('nothing is released beyond what is durable', async (wal) => {
    const { nextLsn } = await wal.append(patternBytes(10));
    await expectCode('OFFSET_OUT_OF_RANGE', () => wal.release(nextLsn + 1));
    assert.equal((await replayed(wal)).length, 1);
  });

  check('a roll says what it sealed', async (wal) => {
    const { lsn } = await wal.append(patternBytes(10));
    const { nextLsn } = await wal.append(patternBytes(500));
    const sealed = await wal.roll();
    assert.equal(sealed.reason, 'forced');
    assert.ok(sealed.baseOffset <= lsn);
    assert.equal(sealed.nextOffset, nextLsn);
    assert.equal(wal.marks().end, nextLsn);
  });
}

function replayCases(check: WalCheck): void {
  check('a visitor is awaited before it is called again', async (wal) => {
    for (let i = 0; i < 10; i += 1) await wal.append(patternBytes(30, i + 1));
    let inside = 0;
    const order: number[] = [];
    const { records, incomplete, gaps } = await wal.replay(async ({ lsn }) => {
      inside += 1;
      assert.equal(inside, 1);
      await Promise.resolve();
      order.push(lsn);
      inside -= 1;
    });
    assert.deepEqual({ records, incomplete, gaps }, { records: 10, incomplete: 0, gaps: [] });
    assert.deepEqual(
      order,
      order.toSorted((a, b) => a - b),
    );
  });

  check('what a visitor throws ends the replay, and nothing else', async (wal) => {
    for (let i = 0; i < 5; i += 1) await wal.append(patternBytes(30));
    const reason = new Error('enough');
    let visited = 0;
    const failure = await failureOf(() =>
      wal.replay(async () => {
        visited += 1;
        if (visited === 3) throw reason;
      }),
    );
    assert.equal(failure, reason);
    assert.equal(visited, 3);
    assert.equal((await replayed(wal)).length, 5);
  });

  check('a replay beside appends shows what was durable when it began', async (wal) => {
    for (let i = 0; i < 20; i += 1) await wal.append(patternBytes(210, i + 1));
    const { durable } = wal.marks();
    const more = Array.from({ length: 30 }, (_, i) => wal.append(patternBytes(400, i + 1)));
    const found = await replayed(wal);
    assert.equal(found.length, 20);
    assert.equal(found.at(-1)?.nextLsn, durable);
    await Promise.all(more);
    assert.equal((await replayed(wal)).length, 50);
  });
}

function endCases(check: WalCheck): void {
  check('closing settles every append, and what was answered is there', async (wal, fixture) => {
    const appends = Array.from({ length: 30 }, (_, i) => wal.append(patternBytes(i * 20, i + 1)));
    const closing = wal.close();
    const settled = await Promise.allSettled(appends);
    await Promise.all([closing, wal.close()]);
    const told = settled.filter(({ status }) => status === 'fulfilled').length;
    const found = await replayed(await fixture.open());
    assert.ok(found.length >= told);
    found.forEach(({ payload }, i) => {
      expectBytes(payload, patternBytes(i * 20, i + 1));
    });
  });

  check('a closed log answers every call with LOG_CLOSED', async (wal) => {
    await wal.append(patternBytes(5));
    await wal.close();
    const calls = [
      () => wal.append(patternBytes(5)),
      () => wal.replay(() => undefined),
      () => wal.release(0),
      () => wal.roll(),
      () => wal.marks(),
      () => wal.stats(),
    ];
    for (const call of calls) await expectCode('LOG_CLOSED', call);
    await wal[Symbol.asyncDispose]();
  });

  check('an empty log is an empty log, however often it is opened', async (wal, fixture) => {
    assert.deepEqual(wal.marks(), { start: 0, durable: 0, end: 0 });
    await wal.close();
    const again = await fixture.open();
    assert.deepEqual(await again.replay(() => undefined), { records: 0, incomplete: 0, gaps: [] });
    assert.deepEqual(again.marks(), { start: 0, durable: 0, end: 0 });
  });
}

async function replayed(wal: WriteAheadLog): Promise<readonly WalRecord[]> {
  const records: WalRecord[] = [];
  await wal.replay((record) => {
    records.push(record);
  });
  return records;
}
