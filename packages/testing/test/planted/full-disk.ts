import assert from 'node:assert/strict';
import { SeglogError, syncNever } from '@seglog/core';
import { SimulatedDisk } from '../../src/index.js';
import { textOf } from '../../src/log/log-facts.js';
import { contentOfLog, type LogSetup, openLogOn } from '../studies/log-run.js';

const value = (text: string): { readonly value: Uint8Array } => ({ value: Buffer.from(text) });

/**
 * Two appends, each in a frame of its own and both in one write, find the disk full after any number of bytes, whole frames
 * included. They are refused, the next append takes their place, and no crash at any moment brings them back.
 */
export async function refusedAppendsLeaveNoTrace(setup: LogSetup): Promise<void> {
  const settings = { ...setup.settings, preallocateBytes: 0 };
  const frameBytes = await frameBytesOf({ ...setup, settings });
  for (const bytes of [0, 1, frameBytes - 1, frameBytes, frameBytes + 1, 2 * frameBytes]) {
    const effect = { kind: 'short', bytes, errno: 'ENOSPC' } as const;
    const disk = new SimulatedDisk({
      seed: 1,
      faults: [{ call: 'write', path: /\d-\w+\.log$/, skip: 2, effect }],
    });
    await disk.run(async () => {
      const { log } = await openLogOn(disk, { ...setup, settings });
      await append(log, 'first', 0);
      const refused = await Promise.allSettled([append(log, 'other', 1), append(log, 'third', 2)]);
      for (const one of refused) {
        assert.ok(one.status === 'rejected' && SeglogError.is(one.reason, 'STORAGE_FULL'), 'it is refused');
      }
      await requireContent(disk, setup, ['first']);
      assert.equal((await append(log, 'after', 1)).baseOffset, 1, 'the next append gets the offset');
      assert.deepEqual(
        (await contentOfLog(log)).records.map(({ offset }) => offset),
        [0, 1],
      );
      await requireContent(disk, setup, ['first', 'after']);
    });
    disk.crash();
  }
}

/**
 * A full segment waits to be sealed, and the manifest never finds room to say so: who waits for what is durable is told, the
 * log goes on, and a crash brings back what it had.
 */
export async function fullDiskKeepsNobodyWaiting(setup: LogSetup): Promise<void> {
  const settings = { ...setup.settings, maxSegmentBytes: 4096, maxUnsealedSegments: 2 };
  const beside = { ...setup, settings, parts: { ...setup.parts, syncPolicy: syncNever() } };
  const effect = { kind: 'error', errno: 'ENOSPC' } as const;
  const disk = new SimulatedDisk({
    seed: 1,
    faults: [{ call: 'write', path: /MANIFEST-/, skip: 1, times: Number.POSITIVE_INFINITY, effect }],
  });
  const texts = ['a', 'b'].map((name) => name.padEnd(2500));
  await disk.run(async () => {
    const { log } = await openLogOn(disk, beside);
    for (const text of texts) await log.append([value(text)]);
    const codes = await Promise.all([
      codeOf(() => log.append([value('last')], { acknowledge: 'synced' })),
      codeOf(() => log.sync()),
    ]);
    assert.deepEqual(codes, ['APPEND_UNKNOWN', 'STORAGE_FULL'], 'who waits is told');
    await log.append([value('on')]);
  });
  disk.crash();
  for (const survivor of disk.survivors('kill')) {
    const left = survivor.disk();
    const content = await left.run(async () => (await openLogOn(left, beside)).content);
    left.crash();
    assert.deepEqual(
      content.records.map((record) => textOf(record.value)),
      [...texts, 'last', 'on'],
    );
  }
}

async function codeOf(call: () => Promise<unknown>): Promise<unknown> {
  try {
    await call();
    return undefined;
  } catch (error) {
    return SeglogError.is(error) ? error.code : error;
  }
}

type OpenLog = Awaited<ReturnType<typeof openLogOn>>['log'];

const append = (log: OpenLog, text: string, sequence: number): ReturnType<OpenLog['append']> =>
  log.append([value(text)], { producer: { id: 'p', epoch: 0, sequence } });

/** Whatever a power cut at this moment leaves of the disk. */
async function requireContent(disk: SimulatedDisk, setup: LogSetup, texts: readonly string[]): Promise<void> {
  for (const survivor of disk.survivors('strict')) {
    const left = survivor.disk();
    const content = await left.run(async () => (await openLogOn(left, setup)).content);
    left.crash();
    assert.deepEqual(
      content.records.map((record) => textOf(record.value)),
      texts,
      survivor.resolution,
    );
  }
}

async function frameBytesOf(setup: LogSetup): Promise<number> {
  const disk = new SimulatedDisk({ seed: 1 });
  const bytes = await disk.run(async () => {
    const { log } = await openLogOn(disk, setup);
    await append(log, 'first', 0);
    return log.stats().bytes;
  });
  disk.crash();
  return bytes;
}
