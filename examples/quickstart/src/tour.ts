import { SeglogError } from 'seglog';
import type { FlightTopic } from './compose.js';

const RANDOM_READS = 1000;
const DAYS: readonly string[] = ['2001-01-02', '2001-01-03', '2001-02-14', '2002-01-01'];

/** A record by its offset, and the first one at or after some times. Returns what a read anywhere takes, in ms. */
export async function lookUp(departures: FlightTopic, flights: FlightTopic): Promise<number> {
  const log = await departures.partition(0);
  const { logStart, logEnd } = log.offsets();
  await show(departures, Math.floor((logStart + logEnd) / 2), 'offset');
  for (const day of DAYS) {
    const offset = await log.offsetForTimestamp(Date.parse(`${day}T00:00Z`));
    if (offset === undefined) console.log(`  from ${day} on there is no departure`);
    else await show(departures, offset, `from ${day} on, offset`);
  }
  return timeRandomReads(flights);
}

async function show(topic: FlightTopic, offset: number, how: string): Promise<void> {
  const { records } = await topic.read(0, offset, { maxRecords: 1 });
  console.log(`  ${how} ${offset}: ${JSON.stringify(records[0]?.value)}`);
}

async function timeRandomReads(topic: FlightTopic): Promise<number> {
  const log = await topic.partition(0);
  const { logStart, logEnd } = log.offsets();
  const startedMs = performance.now();
  for (let read = 0; read < RANDOM_READS; read += 1) {
    const offset = logStart + Math.floor(Math.random() * (logEnd - logStart));
    const { records } = await log.read(offset, { maxRecords: 1 });
    if (records[0]?.offset !== offset) throw new Error(`offset ${offset} was not found`);
  }
  return (performance.now() - startedMs) / RANDOM_READS;
}

/** Follows a partition from its end while a few records are appended to it. */
export async function followTail(departures: FlightTopic): Promise<void> {
  const from = (await departures.partition(0)).offsets().logEnd;
  const remarks = ['delayed', 'boarding', 'gone'];
  const appended = (async () => {
    for (const remark of remarks) await departures.append({ key: 'SFO', value: { remark }, partition: 0 });
  })();
  const signal = AbortSignal.timeout(10_000);
  for await (const { offset, key, value } of departures.tail(0, from, { signal })) {
    console.log(`  offset ${offset}: ${key} ${JSON.stringify(value)}`);
    if (offset === from + remarks.length - 1) break;
  }
  await appended;
}

/** Deletes the older half of each partition. What is below the new start answers with an error, and its files are gone. */
export async function deleteOlderHalf(topic: FlightTopic): Promise<void> {
  for (let partition = 0; partition < topic.partitionCount; partition += 1) {
    const log = await topic.partition(partition);
    const { logStart, logEnd } = log.offsets();
    const before = log.stats().segments;
    const firstKept = Math.floor((logStart + logEnd) / 2);
    await log.deleteRecordsBefore(firstKept);
    const answer = await log.read(logStart).then(
      () => 'still there',
      (error: unknown) => (SeglogError.is(error) ? error.code : String(error)),
    );
    console.log(
      `  ${topic.name}/${partition} starts at ${firstKept}; offset ${logStart}: ${answer}; segments: ${before} -> ${log.stats().segments}`,
    );
  }
}
