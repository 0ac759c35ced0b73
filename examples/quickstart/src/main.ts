import { finishLoad, loadAndKill, partitionEnds, proveRecovered } from './chapters.js';
import { flightTopics, openFlights, SyncCounter } from './compose.js';
import { dataDirectory } from './data-directory.js';
import { explainFailure } from './failure.js';
import { loadLanes } from './flights.js';
import { printNumbers } from './numbers.js';
import { HELP, parseOptions, type QuickstartOptions } from './options.js';
import { recoveryInWords } from './recovery-in-words.js';
import { deleteOlderHalf, followTail, lookUp } from './tour.js';

/** Stores real flights in topics, kills the engine, and finds every acknowledged record again. */
async function run(options: QuickstartOptions, args: readonly string[]): Promise<void> {
  const directory = await dataDirectory(options.data);
  const lanes = await loadLanes(options.records);
  const starts = await partitionEnds(directory, options, lanes);

  console.log('\n1. Another process appends the flights, and is killed in the middle.');
  const writer = await loadAndKill(lanes, [directory, ...args]);

  console.log('\n2. Open again. What recovery found:');
  const counter = new SyncCounter();
  const openedMs = performance.now();
  const engine = await openFlights(directory, options, counter);
  try {
    const reports = await engine.recover();
    const recoveryMs = performance.now() - openedMs;
    for (const [partition, report] of [...reports].toSorted(([one], [other]) => one.localeCompare(other))) {
      console.log(`  ${partition} ${recoveryInWords(report)}`);
    }
    const topics = await flightTopics(engine);
    const { flights, departures } = topics;

    console.log('\n3. Compare what is there with what was acknowledged.');
    const found = await proveRecovered(topics, { lanes, starts, acknowledged: writer.acknowledged });

    console.log('\n4. Finish the load, each partition from where it ends.');
    const load = await finishLoad(topics, lanes, { starts, found });

    console.log('\n5. Look records up by offset and by time.');
    const randomReadMs = await lookUp(departures, flights);

    console.log('\n6. Follow the tail while records are appended.');
    await followTail(departures);
    const stored = engine.stats();

    console.log('\n7. Delete the older half of the flights.');
    await deleteOlderHalf(flights);
    await engine.close();
    await printNumbers(directory, { writer, load, recoveryMs, randomReadMs, stored, syncs: counter.syncs });
  } finally {
    await engine.close();
  }
}

const args = process.argv.slice(2);
try {
  const options = parseOptions(args);
  if (options === undefined) console.log(HELP);
  else await run(options, args);
} catch (error) {
  process.exitCode = explainFailure(error);
}
