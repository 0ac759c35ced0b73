import {
  batchFrameCodec,
  codecModule,
  crcFrameCodec,
  type Engine,
  type LogObserver,
  mmapModule,
  observerModule,
  openEngine,
  preadModule,
  syncModule,
  type Topic,
} from 'seglog';
import { PARTITIONS, type TopicName } from './flights.js';
import type { QuickstartOptions } from './options.js';

/** Small segments, so that a short run has many of them, and files that go as soon as nobody needs them. */
const SETTINGS = { maxSegmentBytes: 512 * 1024, deleteDelayMs: 0 };

/** The parts that the options choose. Each line could be another one. */
export function openFlights(
  directory: string,
  { reader, sync, codec }: QuickstartOptions,
  observer: LogObserver,
): Promise<Engine> {
  const modules = [
    preadModule(directory),
    ...(reader === 'mmap' ? [mmapModule()] : []),
    codecModule(codec === 'batch' ? batchFrameCodec() : crcFrameCodec()),
    syncModule(sync),
    observerModule(observer),
  ];
  return openEngine({ modules, settings: SETTINGS });
}

/** The topics of this example, made where they are missing: `string` keys and `json` values. */
export async function flightTopics(engine: Engine): Promise<FlightTopics> {
  return {
    flights: await engine.getOrCreateTopic('flights', { partitions: PARTITIONS.flights }),
    departures: await engine.getOrCreateTopic('departures', { partitions: PARTITIONS.departures }),
  };
}

export type FlightTopic = Topic<string, unknown>;
export type FlightTopics = Readonly<Record<TopicName, FlightTopic>>;

/** Counts the syncs of all partitions. */
export class SyncCounter implements LogObserver {
  public syncs = 0;

  public observe({ type }: { readonly type: string }): void {
    if (type === 'synced') this.syncs += 1;
  }
}
