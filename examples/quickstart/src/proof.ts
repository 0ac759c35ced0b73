import { json, type RecordCursor, string } from 'seglog';
import type { FlightTopics } from './compose.js';
import type { FlightRecord, Lane } from './flights.js';

const key = string();
const value = json<unknown>();

/**
 * Compares every record of the lanes with what was to be appended, byte for byte, and returns how many of each lane are
 * there. Each partition has one producer, so what is there is the start of its lane: a record that is missing shows as
 * one that differs, or as a lane that ends below what was acknowledged.
 */
export async function countExact(
  topics: FlightTopics,
  lanes: readonly Lane[],
  starts: readonly number[],
): Promise<readonly number[]> {
  return Promise.all(
    lanes.map(async ({ topic, partition, records }, index) => {
      const log = await topics[topic].partition(partition);
      const start = starts[index] ?? 0;
      let found = 0;
      await log.scan(start, (cursor) => {
        requireEqual(cursor, records[found], { place: `${topic}/${partition}`, offset: start + found });
        found += 1;
      });
      return found;
    }),
  );
}

/** Throws unless each lane holds what was acknowledged of it. */
export function requireAcknowledged(found: readonly number[], acknowledged: readonly number[]): void {
  const lost = found.findIndex((count, lane) => count < (acknowledged[lane] ?? 0));
  if (lost === -1) return;
  throw new Error(`lane ${lost} has ${found[lost]} records, and ${acknowledged[lost]} were acknowledged`);
}

function requireEqual(
  cursor: RecordCursor,
  expected: FlightRecord | undefined,
  { place, offset }: { readonly place: string; readonly offset: number },
): void {
  const equal =
    expected !== undefined &&
    cursor.offset === offset &&
    cursor.timestampMs === expected.timestampMs &&
    sameBytes(cursor.key, expected.key == null ? null : key.serialize(expected.key)) &&
    sameBytes(cursor.value, value.serialize(expected.value));
  if (!equal) throw new Error(`${place} holds something else at offset ${offset} than was appended`);
}

function sameBytes(found: Uint8Array | null, expected: Uint8Array | null): boolean {
  if (found === null || expected === null) return found === expected;
  return Buffer.compare(found, expected) === 0;
}
