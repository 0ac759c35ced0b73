import { mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Engine } from 'seglog';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openPlanned } from '../src/engine/open-engine.js';
import { type LedgerLine, LedgerWriter, readLedger } from '../src/kill9/ledger.js';
import { isOwnFault, LoadPartition } from '../src/kill9/load-partition.js';

const SEED = 8;
/** More than a segment of 16 KiB holds. */
const TOO_MANY = 400;
let directory: string;
let engine: Engine;
let partition: LoadPartition;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'seglog-load-'));
  engine = await openPlanned({
    directory: join(directory, 'data'),
    reader: 'pread',
    codec: 'batch',
    sync: 'always',
  });
  await engine.createTopic('tiny', { settings: { maxSegmentBytes: 16 * 1024 } });
  const ledger = new LedgerWriter(openSync(join(directory, 'ledger'), 'a'));
  partition = new LoadPartition(
    { seed: SEED, cycle: 1, ledger, isFair: isOwnFault },
    {
      topic: 'tiny',
      partition: 0,
      log: await engine.log('tiny', 0),
      producer: { epoch: 0, nextSequence: 0, repeat: [] },
    },
  );
});

afterEach(async () => {
  await engine.close();
  rmSync(directory, { recursive: true, force: true });
});

function send(count: number, epoch: number, sequence: number): Promise<unknown> {
  return partition.append({ count, stamp: { id: 'once', epoch, sequence } });
}

function lines(): readonly LedgerLine[] {
  return readLedger(join(directory, 'ledger'));
}

function refusals(): readonly string[] {
  return lines().flatMap((line) =>
    'event' in line && line.event.type === 'refused' ? [line.event.code] : [],
  );
}

function faults(): readonly string[] {
  return lines().flatMap((line) => ('fault' in line ? [line.fault] : []));
}

test.each([
  ['the first batch of all', 0, 0, 'UNKNOWN_PRODUCER'],
  ['a later one', 0, 1, 'OUT_OF_ORDER_SEQUENCE'],
  ['the first of an epoch', 1, 0, 'OUT_OF_ORDER_SEQUENCE'],
])(
  'behind %s, refused because it is too large, others have a hole before them',
  async (_, epoch, known, code) => {
    if (known > 0 || epoch > 0) await send(1, 0, 0);
    await Promise.all([
      send(TOO_MANY, epoch, known),
      send(1, epoch, known + TOO_MANY),
      send(2, epoch, known + TOO_MANY + 1),
    ]);
    expect(refusals()).toEqual(['RECORD_TOO_LARGE', code, code]);
    expect(faults()).toEqual([]);
  },
);

test.each([
  ['a producer that nothing is known of', 0, 7],
  ['a hole', 1, 7],
])('%s is a fault where no batch was refused before', async (_, known, sequence) => {
  if (known > 0) await send(known, 0, 0);
  await send(1, 0, sequence);
  expect(faults()).toHaveLength(1);
});

test('a refusal in an earlier epoch excuses none', async () => {
  await send(TOO_MANY, 0, 0);
  await send(1, 1, 3);
  expect(faults()).toHaveLength(1);
});
