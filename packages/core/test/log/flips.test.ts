import { describe, expect, test } from 'vitest';
import type { LogSettings, MemoryDirectory } from '../../src/index.js';
import { closeCleanly, copyOf } from './log-bench.js';
import { openSmall, pathsIn, readPath, survey, tryOpen, twelveRecords, withFile } from './twelve-records.js';

const METADATA = ['CORRUPT_METADATA', 'UNSUPPORTED_FORMAT'];
const DATA = ['CORRUPT_SEGMENT', 'UNSUPPORTED_FORMAT'];

const MODES = ['fail', 'readonly', 'salvage'] as const;

/**
 * Positions to flip: of those that hold something, each falls to one of the six tests; and some that hold zeros.
 */
function positionsIn(bytes: Uint8Array, share: number): readonly number[] {
  return [...bytes.keys()].filter((at) => (bytes[at] !== 0 ? at % 6 === share : at % 601 === share));
}

function flipped(bytes: Uint8Array, at: number, bit: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ (1 << bit);
  return copy;
}

interface Tally {
  shut: number;
  opened: number;
  lost: number;
}

/** Opens a damaged root: a typed error, or every one of the twelve records, or a gap or a typed error in its place. */
async function examine(
  root: MemoryDirectory,
  settings: Partial<LogSettings>,
  { where, tally }: { readonly where: string; readonly tally: Tally },
): Promise<void> {
  const isData = where.includes('.log');
  const opened = await tryOpen(root, settings);
  if (typeof opened === 'string') {
    expect(isData ? DATA : METADATA, where).toContain(opened);
    if (isData) expect(settings.onCorruption, `${where} keeps the log shut`).toBe('fail');
    tally.shut++;
    return;
  }
  tally.opened++;
  expect(opened.log.offsets(), where).toMatchObject({ logStart: 0, logEnd: 12 });
  const found = await survey(opened.log);
  const bad = found.filter((one) => one !== 'ok');
  if (!isData) expect(bad, where).toEqual([]);
  expect(bad, where).not.toContain(settings.onCorruption === 'fail' ? 'lost' : 'error');
  tally.lost += bad.length;
  await opened.log.close().catch(() => undefined);
  await opened.session.close({ clean: true });
}

for (const closed of [true, false]) {
  describe(`one flipped bit in what a ${closed ? 'closed' : 'killed'} log has left`, () => {
    for (const [mode, onCorruption] of MODES.entries()) {
      test(`gives no wrong byte and loses nothing silently, under ${onCorruption}`, async () => {
        const root = await twelveRecords({ closed });
        const tally: Tally = { shut: 0, opened: 0, lost: 0 };
        for (const path of await pathsIn(root)) {
          const bytes = await readPath(root, path);
          for (const at of positionsIn(bytes, closed ? mode : mode + 3)) {
            const damaged = await withFile(root, path, flipped(bytes, at, (at + path.length) % 8));
            await examine(damaged, { onCorruption }, { where: `${path} at ${at}`, tally });
          }
        }
        expect(tally.opened).toBeGreaterThan(100);
        expect(tally.lost).toBeGreaterThan(0);
      });
    }
  });
}

test('a file that is gone is missed by name, or made anew', async () => {
  const root = await twelveRecords({ closed: true });
  for (const path of await pathsIn(root)) {
    const opened = await tryOpen(await withFile(root, path, undefined), {});
    const derived = /\.idx$|\.producers$|MARK$|LOCK$/.test(path);
    if (typeof opened !== 'string') {
      const found = await survey(opened.log);
      if (derived || path === 'SESSION') expect(found, path).toEqual(Array.from({ length: 12 }, () => 'ok'));
      else expect(found, path).toContain('error');
      await closeCleanly(opened);
    } else {
      expect(derived, `${path}: ${opened}`).toBe(false);
      expect(['MISSING_SEGMENT', 'CORRUPT_METADATA'], path).toContain(opened);
    }
  }
});

test('recovering twice is the same as recovering once', async () => {
  const root = await twelveRecords({ closed: false });
  const paths = await pathsIn(root);
  for (const path of paths.filter((name) => name.endsWith('.log'))) {
    const bytes = await readPath(root, path);
    for (let at = 128; at < bytes.length; at += 41) {
      const damaged = await withFile(root, path, flipped(bytes, at, at % 8));
      const settings = { onCorruption: 'salvage' } as const;
      const one = await openSmall(damaged, settings);
      const first = { offsets: one.log.offsets(), found: await survey(one.log) };
      const left = await copyOf(damaged);
      await closeCleanly(one);
      const two = await openSmall(left, settings);
      expect({ offsets: two.log.offsets(), found: await survey(two.log) }).toEqual(first);
      expect(two.report.truncated).toBeUndefined();
      expect(two.report.quarantined).toEqual([]);
      await closeCleanly(two);
    }
  }
});
