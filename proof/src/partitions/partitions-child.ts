import { readdirSync } from 'node:fs';
import { answer, planText } from '../child/child-plan.js';
import { openPlanned } from '../engine/open-engine.js';
import type { PartitionsFound, PartitionsPlan } from './partitions-plan.js';

/** Makes topics with many partitions, or opens every partition of those that are there. */
const plan: PartitionsPlan = JSON.parse(planText());
const started = performance.now();
const engine = await openPlanned(plan.engine);
const engineSeconds = secondsSince(started);
if (plan.create) {
  for (let topic = 0; topic < plan.topics; topic += 1) {
    await engine.createTopic(`idle-${topic}`, { partitions: plan.partitions });
  }
}
const reports = [...(await engine.recover()).values()];
let marks = 0;
for (const { name } of engine.topics()) marks += (await engine.topic(name).offsets()).length;
const seconds = secondsSince(started);
const { rss } = process.memoryUsage();
const closing = performance.now();
const stats = engine.stats();
const descriptors = readdirSync('/proc/self/fd').length;
await engine.close();
answer({
  engineSeconds,
  seconds,
  closeSeconds: secondsSince(closing),
  partitions: marks,
  clean: reports.filter(({ clean }) => clean).length,
  scannedBytes: reports.reduce((sum, { scannedBytes }) => sum + scannedBytes, 0),
  rssMiB: rss / 2 ** 20,
  peakMiB: process.resourceUsage().maxRSS / 1024,
  descriptors: stats.descriptors,
  processDescriptors: descriptors,
} satisfies PartitionsFound);

function secondsSince(start: number): number {
  return (performance.now() - start) / 1000;
}
