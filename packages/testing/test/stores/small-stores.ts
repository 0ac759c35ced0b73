import { readImage, type StoreImage } from '../../src/index.js';
import type { KnownStore } from './judge-store.js';
import { StoreRun, type StoreSetup, type StoreStep } from './store-run.js';

export interface SmallStore {
  readonly name: string;
  readonly codec: 'batch' | 'plain';
  readonly image: StoreImage;
  readonly known: KnownStore;
}

const LIFE: readonly StoreStep[] = [
  { do: 'append', sizes: [20, 0, 25], producer: 1 },
  { do: 'append', sizes: [300] },
  { do: 'roll' },
  { do: 'append', sizes: [9, 33] },
  { do: 'append', sizes: [40], producer: 1 },
  { do: 'delete', share: 0.2 },
  { do: 'append', sizes: [5] },
];

/** Stores of a few KiB with everything in them: sealed and growing segments, indexes, marks, producers, a raised log start. */
export async function smallStores(setup: StoreSetup = {}): Promise<readonly SmallStore[]> {
  return Promise.all([
    smallStore('closed', { ...setup, codec: 'batch' }, [...LIFE, { do: 'reopen' }]),
    smallStore('closed, plain frames', { ...setup, codec: 'plain' }, [...LIFE, { do: 'reopen' }]),
    smallStore('killed after its mark', { ...setup, codec: 'batch' }, [
      ...LIFE,
      { do: 'wait' },
      { do: 'kill' },
    ]),
    smallStore('killed', { ...setup, codec: 'batch' }, [...LIFE, { do: 'kill' }], { last: 1, growing: 4 }),
  ]);
}

/** `unproven`: records at the end that nothing on the disk proves synced, and nothing beside the growing segment. */
async function smallStore(
  name: string,
  setup: StoreSetup & Pick<SmallStore, 'codec'>,
  steps: readonly StoreStep[],
  unproven = { last: 0, growing: 0 },
): Promise<SmallStore> {
  const run = new StoreRun(setup);
  for (const step of steps) await run.perform(step);
  const image = await readImage(run.root);
  const { records, history } = run;
  const logEnd = (records.at(-1)?.offset ?? -1) + 1;
  const known = {
    records,
    history,
    logStart: records[0]?.offset ?? 0,
    logEnd,
    proven: logEnd - unproven.last,
    provenElsewhere: logEnd - unproven.growing,
  };
  return { name, codec: setup.codec, image, known };
}
