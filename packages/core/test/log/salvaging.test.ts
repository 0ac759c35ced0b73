import { describe, expect, test } from 'vitest';
import {
  type Checksum,
  crc32c,
  defaultComponents,
  Log,
  MemoryDirectory,
  SystemRandom,
} from '../../src/index.js';
import { ManifestFile } from '../../src/log/manifest-file.js';
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
const RECORDS = 6;
const settings = { preallocateBytes: 0, watermarkDelayMs: 0, indexIntervalBytes: 16 };

/** Proves nothing, as one that is broken would. */
const blind: Checksum = { id: 77, name: 'blind', of: () => 0 };

/** What a killed process leaves of six synced records in frames of one size, some of which were changed. */
async function changed(
  bench: Bench,
  change: (frame: (number: number) => Uint8Array) => void,
): Promise<MemoryDirectory> {
  const one = await openOn(new MemoryDirectory(), bench);
  for (let i = 0; i < RECORDS; i++) await one.log.append([record(`v${i}`, 50)]);
  await new Promise((resolve) => setTimeout(resolve, 20));
  const left = await copyOf(one.root);
  await closeCleanly(one);
  const directory = await left.directory('log', { create: false });
  const [file = ''] = await filesOf(directory, '.log');
  const bytes = await contentOf(directory, file);
  const frameBytes = (bytes.length - HEADER_BYTES) / RECORDS;
  change((number) => bytes.subarray(HEADER_BYTES + number * frameBytes).subarray(0, frameBytes));
  await putFile(directory, file, bytes);
  return left;
}

describe('what is salvaged', () => {
  test('is every frame that decodes; others go to quarantine, and their offsets are lost', async () => {
    const bench = { settings, parts: { checksum: blind } };
    const left = await changed(bench, (frame) => {
      frame(1).fill(0xee);
      // Lengths of the only record, in a frame that verifies.
      frame(0).fill(0xff, 88);
      frame(4).fill(0xff, 88);
    });
    const salvaging = { ...bench, settings: { ...settings, onCorruption: 'salvage' as const } };
    const two = await openOn(left, salvaging);
    expect((await allOf(two.log)).map(([offset]) => offset)).toEqual([2, 3, 5]);
    const lost = (await two.log.read(0)).gaps.filter(({ reason }) => reason === 'lost');
    expect(lost).toEqual([
      { from: 0, to: 1, reason: 'lost' },
      { from: 1, to: 2, reason: 'lost' },
      { from: 4, to: 5, reason: 'lost' },
    ]);
    expect(two.report.quarantined.length).toBe(3);
    const kept = await two.directory.directory('quarantine', { create: false });
    const copies = await Promise.all(
      (await kept.list()).map(async ({ name }) => (await contentOf(kept, name)).length),
    );
    expect(new Set(copies).size).toBe(1);
    await closeCleanly(two);
    const three = await openOn(left, bench);
    expect((await allOf(three.log)).map(([offset]) => offset)).toEqual([2, 3, 5]);
    await closeCleanly(three);
  });

  test('has a higher epoch than what was damaged, in a log without a writer session too', async () => {
    const left = await changed({ settings }, (frame) => frame(1).fill(0xee));
    const directory = await left.directory('log', { create: false });
    const manifestOf = async () => {
      const parts = { directory, crc32c: crc32c(), random: new SystemRandom() };
      const manifest = await ManifestFile.open(parts, { readOnly: true });
      await manifest.close();
      return manifest.state;
    };
    const before = await manifestOf();
    const log = new Log(defaultComponents(directory, undefined), { ...settings, onCorruption: 'salvage' });
    await log.open();
    expect((await allOf(log)).map(([offset]) => offset)).toEqual([0, 2, 3, 4, 5]);
    const salvaged = await manifestOf();
    expect(salvaged.epoch).toBeGreaterThan(before.epoch);
    await log.truncateAfter(2);
    const cut = await manifestOf();
    expect(cut.epoch).toBeGreaterThan(salvaged.epoch);
    await log.close();
  });
});
