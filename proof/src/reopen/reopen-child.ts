import { readFileSync } from 'node:fs';
import type { RecordInput } from '@seglog/core';
import type { Engine } from 'seglog';
import { answer, planText } from '../child/child-plan.js';
import { openPlanned } from '../engine/open-engine.js';
import { RECORD_BYTES, type Reopened, type ReopenPlan, TOPIC } from './reopen-plan.js';

const BATCH = 1000;

const plan: ReopenPlan = JSON.parse(planText());
if (plan.task === 'open') answer(await reopen());
else await fill(await openPlanned(plan.engine));

async function fill(engine: Engine): Promise<void> {
  await engine.createTopic(TOPIC, { partitions: 1 });
  const log = await engine.log(TOPIC, 0);
  const record: RecordInput = { key: new Uint8Array(16), value: new Uint8Array(RECORD_BYTES - 16).fill(7) };
  const batch = Array.from({ length: BATCH }, () => record);
  for (let written = 0; written < plan.bytes; written += BATCH * RECORD_BYTES) await log.append(batch);
  if (plan.task === 'fill-and-die') process.kill(process.pid, 'SIGKILL');
  await engine.close();
  answer({});
}

async function reopen(): Promise<Reopened> {
  const before = bytesRead();
  const started = performance.now();
  const engine = await openPlanned(plan.engine);
  const reports = [...(await engine.recover()).values()];
  const openMs = performance.now() - started;
  const readBytes = bytesRead() - before;
  const { records, logs } = engine.stats();
  const segments = [...logs.values()].reduce((sum, log) => sum + log.segments, 0);
  await engine.close();
  const scannedBytes = reports.reduce((sum, report) => sum + report.scannedBytes, 0);
  const clean = reports.every((report) => report.clean);
  return { openMs, scannedBytes, readBytes, clean, records, segments };
}

/** By any read call of this process so far, from the page cache or from the medium. */
function bytesRead(): number {
  return Number(/^rchar: (\d+)$/m.exec(readFileSync('/proc/self/io', 'utf8'))?.[1]);
}
