import { mmap, openOwnLog, pread } from '../contender/own-log.js';
import { randomIntegers } from '../contender/record-block.js';
import { seglog } from '../contender/seglog.js';
import { measureRate } from '../measure/rate.js';
import type { Turn, Workload, Workplace } from './workload.js';

const LOOKUPS = 64;
const LOOKUPS_PER_SECOND = { id: 'lookupsPerSecond', unit: 'records/s', better: 'higher' } as const;

/** Peers have no order by time: one would have to keep a second table for them. */
export const offsetForTimestamp: Workload = {
  id: 'read.timestamp',
  title: 'find the first offset at or after a random timestamp, hot',
  metrics: [LOOKUPS_PER_SECOND],
  stock: 'small',
  turns: () => [turn('seglog', pread), turn('seglog mmap', mmap)],
};

function turn(name: string, reader: typeof pread): Turn {
  return { contender: name, kind: 'seglog', measure: (workplace) => measure(workplace, reader) };
}

async function measure(
  { filled, rate }: Workplace,
  reader: typeof pread,
): Promise<{ readonly lookupsPerSecond: number }> {
  const { log, close } = await openOwnLog({ directory: await filled.of(seglog, 'small') }, { reader });
  try {
    const [first, last] = await Promise.all([timeOf(log, 0), timeOf(log, log.offsets().logEnd - 1)]);
    const next = randomIntegers(11);
    const lookups = async (): Promise<void> => {
      for (let i = 0; i < LOOKUPS; i++) {
        const timestampMs = first + (next() % (last - first + 1));
        if ((await log.offsetForTimestamp(timestampMs)) === undefined) {
          throw new Error(`no record at or after ${timestampMs}, although the last one is of ${last}`);
        }
      }
    };
    return { lookupsPerSecond: (await measureRate(lookups, rate)) * LOOKUPS };
  } finally {
    await close();
  }
}

async function timeOf(log: Awaited<ReturnType<typeof openOwnLog>>['log'], offset: number): Promise<number> {
  const { records } = await log.read(offset, { maxRecords: 1 });
  return records[0]?.timestampMs ?? Number.NaN;
}
