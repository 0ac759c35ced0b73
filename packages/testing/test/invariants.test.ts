import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkInvariants, directoryOf, readImage } from '../src/index.js';
import { StoreRun, storeSteps } from './stores/store-run.js';

const RUNS = Number(process.env['SEGLOG_RUNS'] ?? 60);

describe('a healthy store', () => {
  test.each(['batch', 'plain'] as const)(
    'of random operations (%s frames) breaks no invariant and holds what it was given',
    async (codec) => {
      await fc.assert(
        fc.asyncProperty(storeSteps(), async (steps) => {
          const run = new StoreRun({ codec });
          for (const step of steps) await run.perform(step);
          expect((await checkInvariants(run.root)).findings).toEqual([]);
          await run.requireContent();
          await run.close();
          expect((await checkInvariants(run.root)).findings).toEqual([]);
        }),
        { numRuns: RUNS, seed: 1 },
      );
    },
    600_000,
  );

  test('is left as it is by a check', async () => {
    const run = new StoreRun();
    await run.perform({ do: 'append', sizes: [20, 30] });
    await run.perform({ do: 'roll' });
    await run.perform({ do: 'append', sizes: [20] });
    await run.close();
    const before = await readImage(run.root);
    const report = await checkInvariants(await directoryOf(before));
    expect(report).toMatchObject({
      findings: [],
      leftovers: [],
      logs: 1,
      segments: 2,
      frames: 2,
      records: 3,
    });
    expect(await readImage(run.root)).toEqual(before);
  });
});

test('a manifest that has lost the edit that speaks of producers is damaged', async () => {
  const run = new StoreRun();
  await run.perform({ do: 'append', sizes: [20], producer: 1 });
  await run.perform({ do: 'kill' });
  const image = await readImage(run.root);
  const manifest = image.get('log/MANIFEST-1') ?? new Uint8Array();
  const said = new Set<string>();
  for (let sizeBytes = 0; sizeBytes < manifest.length; sizeBytes++) {
    const cut = new Map([...image, ['log/MANIFEST-1', manifest.subarray(0, sizeBytes)]]);
    const { findings } = await checkInvariants(await directoryOf(cut));
    for (const { message } of findings) said.add(message);
  }
  expect([...said]).toContain(
    'frames carry stamps of producers, and the manifest has lost the edit that says so',
  );
});
