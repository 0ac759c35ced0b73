import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fillAndKill } from '../contender/child.js';
import type { Store } from '../contender/contender.js';
import { fill, fillBlocks, type Stock } from '../contender/fill.js';
import { openOwnLog } from '../contender/own-log.js';
import { type RecordBlock, VALUE_BYTES } from '../contender/record-block.js';
import { seglog } from '../contender/seglog.js';
import { measureRate } from '../measure/rate.js';
import { readsPerSecond } from '../workload/random-read.js';
import { expectedTally, requireSame } from '../workload/scan.js';
import type { Values, Workplace } from '../workload/workload.js';
import { decades, type Growth } from './growth.js';

/** One log with more and more records of 116 bytes, in segments of the default size. */
export const recordGrowth: Growth = {
  id: 'growth.records',
  title: 'one log with more and more records',
  axis: 'records',
  charts: [
    {
      id: 'cost',
      title: 'time for one record of a log that holds so many',
      unit: 'ns',
      lines: { appendNs: 'append', scanNs: 'scan', readNs: 'read at random' },
    },
    {
      id: 'open',
      title: 'time to open a log that holds so many',
      unit: 'ms',
      lines: { cleanMs: 'after a clean close', killedMs: 'after kill -9' },
    },
    {
      id: 'bytes',
      title: 'bytes of a log that holds so many',
      unit: 'bytes',
      lines: {
        storedBytes: 'stored',
        verifiedBytes: 'verified after kill -9',
        peakBytes: 'memory of the writer',
      },
    },
  ],
  flat: ['appendNs', 'scanNs', 'readNs', 'cleanMs', 'peakBytes'],
  sizes: ({ grownRecords: [first, last] }) => decades(first, last),
  measure: async (records, { directory, rate, watch }) => {
    const stock = { records, valueBytes: VALUE_BYTES };
    const living = await livingCost(stock, { directory: join(directory, 'living'), rate, watch });
    const killed = await killedCost(stock, { directory: join(directory, 'killed'), rate, watch });
    return { ...living, ...killed };
  },
};

type Place = Pick<Workplace, 'directory' | 'rate' | 'watch'>;

async function livingCost(stock: Stock, { directory, rate, watch }: Place): Promise<Values> {
  await mkdir(directory);
  const filled = await fill(seglog, directory, stock);
  const appendNs = 1e9 / (await appendsPerSecond(filled, stock, rate));
  await filled.close();
  const started = performance.now();
  const store = await watch(async () => {
    const opened = await seglog.open({ directory, valueBytes: stock.valueBytes });
    await opened.read(stock.records - 1);
    return opened;
  }, 'cleanMs');
  const cleanMs = performance.now() - started;
  const readNs = 1e9 / (await readsPerSecond(store, stock, rate));
  await store.close();
  await rm(directory, { recursive: true });
  return { appendNs, cleanMs, readNs };
}

async function appendsPerSecond(store: Store, { valueBytes }: Stock, rate: Place['rate']): Promise<number> {
  const blocks = fillBlocks(valueBytes);
  const [{ payloads }] = blocks as readonly [RecordBlock];
  let turn = 0;
  const append = (): Promise<unknown> => store.append(blocks[turn++ % blocks.length] as RecordBlock);
  return (await measureRate(append, rate, 'appendNs')) * payloads.length;
}

/** What a killed process leaves is opened, verified, and then scanned: it holds exactly the stock. */
async function killedCost(stock: Stock, { directory, rate, watch }: Place): Promise<Values> {
  await mkdir(directory);
  const peakBytes = await fillAndKill(seglog, directory, stock);
  const { log, recovery, close } = await watch(() => openOwnLog({ directory }), 'killedMs');
  const { bytes: storedBytes } = log.stats();
  await close();
  const store = await seglog.open({ directory, valueBytes: stock.valueBytes });
  const expected = expectedTally(stock);
  const scan = async (): Promise<void> => requireSame(await store.scanLent(), expected);
  const scans = await measureRate(scan, rate, 'scanNs');
  const scanNs = 1e9 / scans / stock.records;
  await store.close();
  const { durationMs: killedMs, scannedBytes: verifiedBytes } = recovery;
  return { killedMs, verifiedBytes, storedBytes, peakBytes, scanNs };
}
