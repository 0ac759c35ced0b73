import { describe, expect, test } from 'vitest';
import { MemoryDirectory } from '../../src/index.js';
import {
  allOf,
  type Bench,
  closeCleanly,
  contentOf,
  copyOf,
  filesOf,
  openOn,
  putFile,
  record,
} from './log-bench.js';

const HEADER_BYTES = 128;

/**
 * Six records in frames of one size, in one segment, of which the frame `from` was written once more, to the place of frame
 * `to`: every checksum holds.
 */
async function astray(
  { sealed, from, to }: { readonly sealed: boolean; readonly from: number; readonly to: number },
  clean: boolean,
): Promise<MemoryDirectory> {
  const root = new MemoryDirectory();
  const one = await openOn(root, {
    settings: { preallocateBytes: 0, watermarkDelayMs: 0, indexIntervalBytes: 16 },
  });
  for (let i = 0; i < 6; i++) await one.log.append([record(`v${i}`, 50)]);
  if (sealed) await one.log.roll();
  await new Promise((resolve) => setTimeout(resolve, 20));
  if (clean) await closeCleanly(one);
  const left = await copyOf(root);
  const directory = await left.directory('log', { create: false });
  const file = (await filesOf(directory, '.log'))[0] ?? '';
  for (const index of await filesOf(directory, '.idx')) await directory.remove(index);
  const bytes = await contentOf(directory, file);
  const frameBytes = (bytes.length - (sealed ? 2 : 1) * HEADER_BYTES) / 6;
  const placeOf = (frame: number): number => HEADER_BYTES + frame * frameBytes;
  bytes.copyWithin(placeOf(to), placeOf(from), placeOf(from + 1));
  await putFile(directory, file, bytes);
  return left;
}

const readonly: Bench = { settings: { onCorruption: 'readonly', indexIntervalBytes: 16 } };
const offsetsOf = async (root: MemoryDirectory, bench: Bench): Promise<readonly number[]> => {
  const { log } = await openOn(root, bench);
  return (await allOf(log)).map(([offset]) => offset);
};

describe('a good frame in the place of another one', () => {
  for (const sealed of [true, false]) {
    for (const [from, to] of [
      [1, 2],
      [3, 2],
    ] as const) {
      const where = `${from} over ${to}, ${sealed ? 'sealed' : 'active'} segment`;

      test(`is damage to a reader (${where})`, async () => {
        const { log } = await openOn(await astray({ sealed, from, to }, true), {
          settings: { indexIntervalBytes: 16 },
        });
        await expect(allOf(log)).rejects.toMatchObject({ code: 'CORRUPT_SEGMENT' });
        await expect(log.read(to)).rejects.toMatchObject({ code: 'CORRUPT_SEGMENT' });
      });

      test(`is passed over by one who wants what is left (${where})`, async () => {
        const root = await astray({ sealed, from, to }, true);
        expect(await offsetsOf(root, readonly)).toEqual([0, 1, 3, 4, 5]);
        const { log } = await openOn(await copyOf(root), readonly);
        expect((await log.read(0)).gaps).toEqual([{ from: 2, to: 3, reason: 'lost' }]);
      });
    }
  }

  test('is damage to a recovery, when what it replaced was synced', async () => {
    const root = await astray({ sealed: false, from: 3, to: 2 }, false);
    await expect(openOn(await copyOf(root))).rejects.toMatchObject({ code: 'CORRUPT_SEGMENT' });
    expect(await offsetsOf(root, { settings: { onCorruption: 'salvage' } })).toEqual([0, 1, 3, 4, 5]);
  });
});
