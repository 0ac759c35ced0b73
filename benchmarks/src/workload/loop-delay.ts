import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import type { Contender, Store } from '../contender/contender.js';
import { randomIntegers, recordBlocks, VALUE_BYTES } from '../contender/record-block.js';
import { seglog } from '../contender/seglog.js';
import { loopDelayDuring } from '../measure/loop-delay.js';
import { contest } from './contest.js';
import { withFilled } from './scan.js';
import type { Metric, Target, Values, Workload, Workplace } from './workload.js';

/** How long a loop of an application goes on before it turns to something else. */
const ON_END_MS = 100;

const milliseconds = (id: string): Metric => ({ id, unit: 'ms', better: 'lower' });
const METRICS = [milliseconds('p999'), milliseconds('max')] as const;
/** No default path of ours may hold up the event loop longer than this, in milliseconds. */
export const LOOP_TARGET: Target = { metric: 'p999', atMost: 10 };

/** What keeps the loop busy: against the peers, and in the ways that only we are asked about. */
export const loopDelays: readonly Workload[] = [
  {
    id: 'loop.append',
    title: 'event-loop delay while batches of 1000 are appended one at a time, not synced',
    metrics: METRICS,
    targets: [LOOP_TARGET],
    turns: contest({
      isFor: ({ offers }) => offers.includes('append'),
      measure: (contender, workplace) => whileAppending(contender, workplace, 1),
    }),
  },
  own('pipelined', 'batches of 1000 are appended, 8 in flight, not synced', (workplace) =>
    whileAppending(seglog, workplace, 8),
  ),
  own('single', 'one producer awaits each of its appends, without a pause of its own', whileAppendingOne),
  own('reads', 'one reader awaits each of its reads at random, without a pause of its own', whileReading),
  own('scan', 'all of a GiB is scanned, lent', (workplace) => whileScanning(workplace, 'scanLent')),
  own('objects', 'all of a GiB is read as objects', (workplace) => whileScanning(workplace, 'scanObjects')),
];

export const recoveryLoopDelay: Workload = {
  ...own('recovery', 'a GiB is recovered after kill -9', whileRecovering),
  stock: 'crashed',
};

function own(name: string, what: string, measure: (workplace: Workplace) => Promise<Values>): Workload {
  return {
    id: `loop.${name}`,
    title: `event-loop delay while ${what}`,
    metrics: METRICS,
    targets: [LOOP_TARGET],
    stock: 'gigabyte',
    maxRounds: 3,
    turns: () => [{ contender: seglog.name, kind: seglog.kind, measure }],
  };
}

async function whileAppending(
  contender: Contender,
  { directory, scale, watch }: Workplace,
  inFlight: number,
): Promise<Values> {
  const [block] = recordBlocks({ blocks: 1, recordsPerBlock: 1000 });
  if (block === undefined) throw new RangeError('there is no block');
  const store = await contender.open({ directory, valueBytes: VALUE_BYTES });
  const appends = (): Promise<unknown> =>
    Promise.all(Array.from({ length: inFlight }, () => store.append(block)));
  const delay = await watch(() => loopDelayDuring(appends, scale.loopDelayMs));
  await store.close();
  return { ...delay };
}

function whileScanning(workplace: Workplace, by: 'scanLent' | 'scanObjects'): Promise<Values> {
  const { watch, scale } = workplace;
  return withFilled(seglog, workplace, 'gigabyte', async (store: Store) => ({
    ...(await watch(() => loopDelayDuring(() => store[by](), scale.loopDelayMs))),
  }));
}

async function whileAppendingOne({ directory, scale, watch }: Workplace): Promise<Values> {
  const [block] = recordBlocks({ blocks: 1, recordsPerBlock: 1 });
  if (block === undefined) throw new RangeError('there is no block');
  const store = await seglog.open({ directory, valueBytes: VALUE_BYTES });
  const appends = onEnd(() => store.append(block));
  const delay = await watch(() => loopDelayDuring(appends, scale.loopDelayMs));
  await store.close();
  return { ...delay };
}

function whileReading(workplace: Workplace): Promise<Values> {
  const { watch, scale } = workplace;
  const { records } = scale.stocks.gigabyte;
  const next = randomIntegers(17);
  return withFilled(seglog, workplace, 'gigabyte', async (store: Store) => {
    const reads = onEnd(async () => store.read(next() % records));
    return { ...(await watch(() => loopDelayDuring(reads, scale.loopDelayMs))) };
  });
}

/** Again and again for a while, as a loop in an application would: what pauses there are come from the store. */
function onEnd(one: () => Promise<unknown>): () => Promise<void> {
  return async () => {
    for (const end = performance.now() + ON_END_MS; performance.now() < end; ) await one();
  };
}

async function whileRecovering({ filled, scale, directory, watch }: Workplace): Promise<Values> {
  const { valueBytes } = scale.stocks.crashed;
  const copy = join(directory, 'copy');
  await cp(await filled.killed(seglog, 'crashed'), copy, { recursive: true });
  const stores: Store[] = [];
  const recover = async (): Promise<void> => {
    if (stores.length === 0) stores.push(await seglog.open({ directory: copy, valueBytes }));
  };
  const delay = await watch(() => loopDelayDuring(recover, 1));
  for (const store of stores) await store.close();
  return { ...delay };
}
