import * as fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  checkInvariants,
  damageStore,
  directoryOf,
  readImage,
  type StoreFault,
  storeFaults,
} from '../src/index.js';
import { asItEverWas, type JudgeMode, judgeStore, type KnownStore } from './stores/judge-store.js';
import { type SmallStore, smallStores } from './stores/small-stores.js';
import { StoreRun, storeSteps } from './stores/store-run.js';

let stores: readonly SmallStore[];
beforeAll(async () => {
  stores = await smallStores();
});

const RUNS = Number(process.env['SEGLOG_RUNS'] ?? 150);

/**
 * One bit tells; a whole part of the manifest may take what proves it along. So may a watermark that changes places with
 * what it speaks of.
 */
function knownUnder({ fault }: StoreFault, known: KnownStore): KnownStore {
  const touched = fault.kind === 'swap' ? `${fault.name} ${fault.other}` : fault.name;
  if (fault.kind === 'swap' && touched.includes('MARK')) return { ...known, proven: 0 };
  return /MANIFEST|CURRENT/.test(touched) && fault.kind !== 'flip-bit' ? asItEverWas(known) : known;
}

describe('whatever happens to one file of a store', () => {
  test.each(['default', 'readonly', 'salvage', 'reader'] as const)(
    'no wrong byte and no silent loss is shown (%s)',
    async (mode: JudgeMode) => {
      for (const store of stores.filter(({ name }) => name !== 'killed')) {
        await fc.assert(
          fc.asyncProperty(storeFaults(store.image), async (fault) => {
            const root = await directoryOf(store.image);
            await damageStore(root, fault);
            expect(await judgeStore(root, knownUnder(fault, store.known), mode, store)).toMatchObject({
              wrong: undefined,
            });
          }),
          { numRuns: RUNS, seed: 7 },
        );
      }
    },
    600_000,
  );
});

test('random stores survive a fault of one file, older copies included', async () => {
  const life = fc.tuple(storeSteps(8), storeSteps(8), fc.infiniteStream(fc.nat()));
  await fc.assert(
    fc.asyncProperty(life, fc.context(), async ([steps, more, seeds], context) => {
      const run = new StoreRun();
      for (const step of steps) await run.perform(step);
      await run.close();
      const older = await readImage(run.root);
      for (const step of more) await run.perform(step);
      await run.log();
      await run.close();
      const image = await readImage(run.root);
      if (image.size === 0) return;
      const { records } = run;
      const open = await run.log();
      const { logStart, logEnd } = open.offsets();
      await run.close();
      const { history } = run;
      const known = { records, history, logStart, logEnd, proven: logEnd, provenElsewhere: logEnd };
      for (const fault of fc.sample(storeFaults(image, older), { numRuns: 4, seed: seeds.next().value })) {
        context.log(
          JSON.stringify(fault.fault.kind === 'replace' ? { ...fault, fault: 'older copy' } : fault),
        );
        const root = await directoryOf(image);
        await damageStore(root, fault);
        expect(await judgeStore(root, knownUnder(fault, known), 'salvage')).toMatchObject({
          wrong: undefined,
        });
      }
    }),
    { numRuns: RUNS, seed: 3 },
  );
}, 600_000);

describe('a check of invariants', () => {
  test('finds every flipped bit of frames, headers, footers and links', async () => {
    const [store] = stores;
    if (store === undefined) throw new Error('there are stores');
    let missed = 0;
    for (const [file, bytes] of store.image) {
      if (!file.endsWith('.log')) continue;
      for (let bit = 3; bit < bytes.length * 8; bit += 41) {
        const name = file.slice(file.lastIndexOf('/') + 1);
        const root = await directoryOf(store.image);
        await damageStore(root, { path: 'log', fault: { kind: 'flip-bit', name, bit } });
        const { findings } = await checkInvariants(root);
        if (!findings.some((finding) => finding.file === file)) missed += 1;
      }
    }
    expect(missed).toBe(0);
  });
});
