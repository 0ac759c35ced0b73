import { performance } from 'node:perf_hooks';
import {
  bytes,
  type Engine,
  mmapModule,
  openEngine,
  preadModule,
  type RecordInput,
  syncModule,
} from 'seglog';
import { randomIntegers, recordBlocks } from '../contender/record-block.js';
import { loopDelayDuring } from '../measure/loop-delay.js';
import { LOOP_TARGET } from './loop-delay.js';
import { PER_SECOND, type Turn, type Values, type Workload, type Workplace } from './workload.js';

const TOPIC = 'latest';
const BATCH = 1000;

/** A log in which most records have a successor, from the call until only the latest of each key are left. */
export const compaction: Workload = {
  id: 'compaction',
  title: 'compact a log of which one record in twenty is the latest of its key',
  metrics: [
    PER_SECOND,
    { id: 'p999', unit: 'ms', better: 'lower' },
    { id: 'max', unit: 'ms', better: 'lower' },
  ],
  targets: [LOOP_TARGET],
  maxRounds: 3,
  turns: () => [turn('seglog', []), turn('seglog mmap', [mmapModule()])],
};

function turn(contender: string, modules: readonly ReturnType<typeof mmapModule>[]): Turn {
  return {
    contender,
    kind: 'seglog',
    measure: async (workplace) => {
      const { directory } = workplace;
      const engine = await openEngine({
        modules: [preadModule(directory), ...modules, syncModule('never')],
      });
      try {
        return await compactFilled(engine, workplace);
      } finally {
        await engine.close();
      }
    },
  };
}

async function compactFilled(engine: Engine, { scale, watch }: Workplace): Promise<Values> {
  const { compactedRecords, compactedKeys } = scale;
  await appendAll(engine, compactedRecords, compactedKeys);
  let [removed, seconds] = [0, 0];
  const compact = async (): Promise<void> => {
    if (seconds > 0) return;
    const started = performance.now();
    removed = await engine.cleanup.compact(TOPIC);
    seconds = (performance.now() - started) / 1000;
  };
  const { p999, max } = await watch(() => loopDelayDuring(compact, 0));
  if (removed < compactedRecords - compactedKeys) throw new Error(`only ${removed} records were removed`);
  return { [PER_SECOND.id]: compactedRecords / seconds, p999, max };
}

async function appendAll(engine: Engine, records: number, keys: number): Promise<void> {
  const options = { partitions: 1, cleanupPolicy: 'compact', key: bytes(), value: bytes() } as const;
  const topic = await engine.createTopic(TOPIC, options);
  const log = await topic.partition(0);
  const [block] = recordBlocks({ blocks: 1, recordsPerBlock: BATCH });
  const next = randomIntegers(13);
  for (let at = 0; at < records; at += BATCH) {
    const inputs =
      block?.inputs.map(({ value }): RecordInput => ({ key: keyOf(next() % keys), value })) ?? [];
    await log.append(inputs);
  }
}

function keyOf(number: number): Uint8Array {
  return Buffer.from(String(number).padStart(16, '0'));
}
