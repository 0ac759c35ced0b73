import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { byKey, SystemRandom, type TopicRecord } from 'seglog';

/** The records of one partition, in the order in which its one producer appends them. */
export interface Lane {
  readonly topic: TopicName;
  readonly partition: number;
  readonly records: readonly FlightRecord[];
}

export type FlightRecord = TopicRecord<string, unknown>;

/** `flights` is the volume; `departures` has dates and is keyed by the airport of origin. */
export const PARTITIONS = { flights: 4, departures: 3 } as const;

export type TopicName = keyof typeof PARTITIONS;

interface Flight {
  readonly delay: number;
  readonly distance: number;
  /** Hour of the day, with fractions. */
  readonly time: number;
}

interface Departure {
  /** `2001/01/31 23:59` */
  readonly date: string;
  readonly delay: number;
  readonly distance: number;
  readonly origin: string;
  readonly destination: string;
}

const HOUR_MS = 3_600_000;
/** The large file tells the hour of a flight and not its day. */
const SOME_DAY_MS: number = Date.UTC(2001, 0, 1);

/** The files of the npm package vega-datasets, as the rows of the partitions that they go to. */
export async function loadLanes(records: number): Promise<readonly Lane[]> {
  const flights = (await load<Flight>('flights-200k.json')).slice(0, records);
  const departures = (await load<Departure>('flights-20k.json')).slice(0, Math.ceil(records / 10));
  return [
    ...lanes('flights', flights.map(flightRecord)),
    ...lanes('departures', departures.map(departureRecord)),
  ];
}

function flightRecord(flight: Flight, index: number): FlightRecord {
  const partition = index % PARTITIONS.flights;
  return { value: flight, timestampMs: Math.round(SOME_DAY_MS + flight.time * HOUR_MS), partition };
}

function departureRecord(departure: Departure): FlightRecord {
  const [date = '', time = ''] = departure.date.split(' ');
  const timestampMs = Date.parse(`${date.replaceAll('/', '-')}T${time}Z`);
  return { key: departure.origin, value: departure, timestampMs };
}

/** A key goes where Kafka's clients would send it, so the plan knows the partition before the topic chooses it. */
function lanes(topic: TopicName, records: readonly FlightRecord[]): readonly Lane[] {
  const partitions = PARTITIONS[topic];
  const partitioner = byKey({ random: new SystemRandom() })();
  const rows: FlightRecord[][] = Array.from({ length: partitions }, () => []);
  for (const record of records) {
    const partition = record.partition ?? partitioner.partition(Buffer.from(record.key ?? ''), partitions, 0);
    rows[partition]?.push(record);
  }
  return rows.map((row, partition) => ({ topic, partition, records: row }));
}

async function load<T>(file: string): Promise<readonly T[]> {
  const build = createRequire(import.meta.url).resolve('vega-datasets');
  return JSON.parse(await readFile(join(dirname(build), '..', 'data', file), 'utf8'));
}
