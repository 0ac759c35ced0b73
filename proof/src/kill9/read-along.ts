import { setTimeout as sleep } from 'node:timers/promises';
import { SeglogError } from '@seglog/core';
import { makeRecord, originOf, sameRecord } from './content.js';
import type { Load } from './load.js';

/** Reads at random places, and now and then follows an end for a while: whatever it is shown must be true. */
export async function readAlong(load: Load): Promise<void> {
  while (!load.stopping) {
    await sleep(load.random.below(3));
    const partition = load.pick();
    if (partition === undefined) continue;
    try {
      if (load.random.below(4) === 0) await follow(load, partition);
      else await readOnce(load, partition);
    } catch (error) {
      // Retention, truncation and deletion go on beside the reader.
      if (!SeglogError.is(error, 'OFFSET_OUT_OF_RANGE') && !isEnd(error)) throw error;
    }
  }
}

type Place = Load['partitions'][number];

async function readOnce(load: Load, { log, topic, partition }: Place): Promise<void> {
  const { logStart, highWatermark } = log.offsets();
  const from = logStart + load.random.below(Math.max(1, highWatermark - logStart));
  if (from >= highWatermark) return;
  const { records } = await log.read(from, { maxRecords: 1 + load.random.below(300) });
  let next = from;
  for (const record of records) {
    const origin = originOf(record);
    const wrong = origin === undefined || !sameRecord(record, makeRecord(load.context.seed, origin));
    if (wrong || record.offset !== next) {
      load.context.ledger.fault(
        `${topic}/${partition}: read at ${next} gave offset ${record.offset}${wrong ? ' with wrong bytes' : ''}`,
      );
    }
    next = record.offset + 1;
  }
}

async function follow(load: Load, { log, topic, partition }: Place): Promise<void> {
  // The timers of `AbortSignal.timeout` let a process end that has nothing left to do but to follow.
  const ending = new AbortController();
  const timer = setTimeout(() => ending.abort(), 1 + load.random.below(20));
  let next = -1;
  try {
    for await (const { offset } of log.tail('latest', { signal: ending.signal })) {
      if (next >= 0 && offset !== next) {
        load.context.ledger.fault(`${topic}/${partition}: the tail went from ${next - 1} to ${offset}`);
      }
      next = offset + 1;
      if (load.stopping) return;
    }
  } catch (error) {
    if (!ending.signal.aborted) throw error;
  } finally {
    clearTimeout(timer);
  }
}

function isEnd(error: unknown): boolean {
  return SeglogError.is(error, 'LOG_CLOSED') || SeglogError.is(error, 'TOPIC_NOT_FOUND');
}
