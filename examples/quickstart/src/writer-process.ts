import { flightTopics, openFlights, SyncCounter } from './compose.js';
import { loadLanes } from './flights.js';
import { parseOptions } from './options.js';
import { produce } from './produce.js';

/** What the writer tells its parent: it begins, or so many records of a lane are acknowledged, after so many syncs. */
export type WriterMessage =
  | { readonly type: 'started' }
  | {
      readonly type: 'acknowledged';
      readonly lane: number;
      readonly acknowledged: number;
      readonly syncs: number;
    };

/** Appends everything, and tells each acknowledgement only when the append has resolved. It waits to be killed. */
async function main(directory: string, args: readonly string[]): Promise<void> {
  const options = parseOptions(args);
  if (options === undefined || process.send === undefined) throw new TypeError('started by hand');
  process.once('disconnect', () => process.exit(1));
  const counter = new SyncCounter();
  const lanes = await loadLanes(options.records);
  const engine = await openFlights(directory, options, counter);
  const topics = await flightTopics(engine);
  tell({ type: 'started' });
  await produce(topics, lanes, [], (lane, acknowledged) => {
    tell({ type: 'acknowledged', lane, acknowledged, syncs: counter.syncs });
  });
}

function tell(message: WriterMessage): void {
  process.send?.(message);
}

const [directory = '', ...args] = process.argv.slice(2);
await main(directory, args);
