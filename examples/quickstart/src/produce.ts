import type { FlightTopic, FlightTopics } from './compose.js';
import type { Lane } from './flights.js';

/** Records of one append, and appends of one producer that wait for their acknowledgement together. */
const BATCH = 20;
const IN_FLIGHT = 8;

/** `acknowledged` records of a lane, counted from its start, are as safe as the sync policy makes them. */
export type OnAcknowledge = (lane: number, acknowledged: number) => void;

/** One producer per lane, all at once: their appends meet in the queues of the partitions and share syncs. */
export async function produce(
  topics: FlightTopics,
  lanes: readonly Lane[],
  from: readonly number[],
  onAcknowledge: OnAcknowledge,
): Promise<void> {
  await Promise.all(
    lanes.map((lane, index) =>
      produceLane(topics[lane.topic], lane, from[index] ?? 0, (count) => onAcknowledge(index, count)),
    ),
  );
}

async function produceLane(
  topic: FlightTopic,
  { records }: Lane,
  from: number,
  onAcknowledge: (acknowledged: number) => void,
): Promise<void> {
  for (let window = from; window < records.length; window += BATCH * IN_FLIGHT) {
    const starts = Array.from({ length: IN_FLIGHT }, (_, nth) => window + nth * BATCH);
    const appends = starts.map(async (start) => {
      const batch = records.slice(start, start + BATCH);
      if (batch.length === 0) return;
      await topic.append(batch);
      onAcknowledge(start + batch.length);
    });
    await Promise.all(appends);
  }
}
