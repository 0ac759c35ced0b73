import { describe, expect, test } from 'vitest';
import type { MemoryDirectory } from '../../src/index.js';
import { closeCleanly, copyOf, record } from './log-bench.js';
import { openSmall, pathsIn, readPath, survey, tryOpen, twelveRecords, withFile } from './twelve-records.js';

async function activeSegment(root: MemoryDirectory): Promise<{ path: string; bytes: Uint8Array }> {
  const path = (await pathsIn(root)).filter((name) => name.endsWith('.log')).at(-1) ?? '';
  return { path, bytes: await readPath(root, path) };
}

/** Without what proves that the tail was synced: the file is cut as a power cut may leave it. */
async function unproven(): Promise<MemoryDirectory> {
  return withFile(await twelveRecords({ closed: false }), 'log/MARK', undefined);
}

describe('a log whose active segment is cut at any byte', () => {
  test('goes on after the last whole frame, where nothing proves that there was more', async () => {
    const root = await unproven();
    const { path, bytes } = await activeSegment(root);
    const ends = new Set<number>();
    for (let cut = 128; cut <= bytes.length; cut++) {
      const opened = await tryOpen(await withFile(root, path, bytes.subarray(0, cut)), {});
      if (typeof opened === 'string') {
        expect([cut, opened]).toEqual([cut, 'CORRUPT_SEGMENT']);
        continue;
      }
      const { logEnd, durable } = opened.log.offsets();
      ends.add(logEnd);
      expect(durable).toBe(logEnd);
      expect(await survey(opened.log)).toEqual(Array.from({ length: logEnd }, () => 'ok'));
      expect((await opened.log.append([record('next')])).baseOffset).toBe(logEnd);
      const again = await tryOpen(await copyOf(opened.root), {});
      if (typeof again === 'string') expect.unreachable(again);
      else expect(again.log.offsets()).toMatchObject({ logEnd: logEnd + 1, durable: logEnd + 1 });
      await closeCleanly(opened);
    }
    // Below its recovery point a cut is damage; above it each frame is one step.
    expect([...ends]).toEqual([10, 11, 12]);
  });

  test('never gives an offset out again that was proven synced, and says what is lost', async () => {
    for (const closed of [true, false]) {
      const root = await twelveRecords({ closed });
      const { path, bytes } = await activeSegment(root);
      for (let cut = 0; cut < bytes.length; cut += 11) {
        const damaged = await withFile(root, path, bytes.subarray(0, cut));
        expect([cut, await tryOpen(damaged, {})]).toEqual([cut, 'CORRUPT_SEGMENT']);
        for (const onCorruption of ['readonly', 'salvage'] as const) {
          const opened = await tryOpen(await copyOf(damaged), { onCorruption });
          if (typeof opened === 'string') expect.unreachable(`${cut}: ${opened}`);
          else {
            expect(opened.log.offsets().logEnd).toBe(12);
            const found = await survey(opened.log);
            const kept = found.indexOf('lost');
            expect(kept).toBeGreaterThanOrEqual(8);
            expect(found).toEqual(Array.from({ length: 12 }, (_, i) => (i < kept ? 'ok' : 'lost')));
            if (onCorruption === 'salvage') {
              expect((await opened.log.append([record('next')])).baseOffset).toBe(12);
            }
            await closeCleanly(opened);
          }
        }
      }
    }
  });
});

async function withTail(tail: Uint8Array): Promise<MemoryDirectory> {
  const root = await twelveRecords({ closed: false });
  const { path, bytes } = await activeSegment(root);
  return withFile(root, path, Uint8Array.from([...bytes, ...tail]));
}

describe('what follows the last frame', () => {
  const verdicts: readonly (readonly [string, Uint8Array, string, number])[] = [
    ['zeros that were written ahead', new Uint8Array(5000), 'preallocated', 0],
    ['eight zero bytes, which some take for a frame', new Uint8Array(8), 'preallocated', 0],
    ['bytes of anything', new Uint8Array(700).fill(0x5a), 'ambiguous', 1],
  ];
  for (const [what, tail, verdict, copies] of verdicts) {
    test(`${what}: is cut, and reported as ${verdict}`, async () => {
      const root = await withTail(tail);
      const opened = await openSmall(root, {});
      expect(opened.report.truncated).toMatchObject({ bytes: tail.length, verdict });
      expect(opened.report.quarantined.length).toBe(copies);
      expect(opened.log.offsets().logEnd).toBe(12);
      expect((await opened.log.append([record('next')])).baseOffset).toBe(12);
      await closeCleanly(opened);
      const again = await openSmall(root, {});
      expect(again.report).toMatchObject({ clean: true, quarantined: [] });
      await closeCleanly(again);
    });
  }

  test('what is cut is kept in quarantine, byte for byte, in bounded number and size', async () => {
    let root = await withTail(new Uint8Array(700).fill(0x5a));
    const limits = { maxQuarantineBytes: 100, maxQuarantineFiles: 2 };
    for (let round = 0; round < 4; round++) {
      const opened = await openSmall(root, limits);
      const [copy = ''] = opened.report.quarantined;
      expect(await readPath(root, `log/${copy}`)).toEqual(new Uint8Array(100).fill(0x5a));
      await opened.log.append([record('next')]);
      root = await copyOf(root);
      const { path, bytes } = await activeSegment(root);
      root = await withFile(root, path, Uint8Array.from([...bytes, ...new Uint8Array(300).fill(0x5a)]));
      await closeCleanly(opened);
    }
    const kept = (await pathsIn(root)).filter((path) => path.startsWith('log/quarantine/'));
    expect(kept.length).toBe(2);
  });

  test('a tail that nobody can judge is left alone where the settings say so', async () => {
    const root = await withTail(new Uint8Array(700).fill(0x5a));
    const before = await activeSegment(root);
    expect(await tryOpen(root, { onAmbiguousTail: 'fail' })).toBe('CORRUPT_SEGMENT');
    expect((await activeSegment(root)).bytes).toEqual(before.bytes);
  });
});
