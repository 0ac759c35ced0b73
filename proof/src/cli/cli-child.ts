import { PassThrough, Writable } from 'node:stream';
import { runCommand } from '@seglog/cli';
import { bytes, checkStore, defaultComponents, knownFormats, Log } from '@seglog/core';
import { PreadDirectory } from '@seglog/fs-pread';
import { answer, planText } from '../child/child-plan.js';
import { openPlanned } from '../engine/open-engine.js';
import { type CliEnd, type CliPlan, type CliRates, RECORD_BYTES } from './cli-plan.js';

const BATCH = 1000;

const plan: CliPlan = JSON.parse(planText());
if (plan.task === 'fill') answer(await fill(plan.directory, plan.bytes));
else if (plan.task === 'rates') answer(await rates(plan.directory, plan.rounds));
else answer(await command(plan.words));

async function fill(directory: string, total: number): Promise<null> {
  const engine = await openPlanned({ directory, reader: 'pread', codec: 'batch', sync: 'ms:100' });
  const topic = await engine.createTopic('t', { partitions: 1, key: bytes(), value: bytes() });
  const batch = Array.from({ length: BATCH }, (_, i) => ({
    key: new Uint8Array(16).fill(i),
    value: new Uint8Array(100).fill(i),
    partition: 0,
  }));
  for (let written = 0; written < total; written += BATCH * RECORD_BYTES) await topic.append(batch);
  await engine.close();
  return null;
}

async function rates(directory: string, rounds: number): Promise<CliRates> {
  const disk = new PreadDirectory(directory, { create: false });
  const log = await logIn(disk);
  const found = { bytes: 0, damage: 0 };
  const scanMs: number[] = [];
  const verifyMs: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    scanMs.push(await timed(() => scan(log)));
    verifyMs.push(
      await timed(async () => {
        const report = await checkStore(disk, knownFormats());
        found.bytes = report.bytes;
        found.damage += report.findings.filter(({ severity }) => severity === 'damage').length;
      }),
    );
  }
  await disk.close();
  return { ...found, scanMs, verifyMs };
}

type Home = Awaited<ReturnType<PreadDirectory['directory']>>;

async function logIn(disk: PreadDirectory): Promise<Home> {
  const topics = await disk.directory('topics', { create: false });
  const [topic] = await topics.list();
  return (await topics.directory(topic?.name ?? '', { create: false })).directory('0', { create: false });
}

async function scan(directory: Home): Promise<void> {
  const log = new Log(defaultComponents(directory, undefined));
  await log.open({ readOnly: true });
  let records = 0;
  await log.scan(0, () => {
    records += 1;
  });
  if (records !== log.offsets().logEnd) throw new Error(`scanned ${records} records`);
  await log.close();
}

async function timed(step: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await step();
  return performance.now() - started;
}

async function command(words: readonly string[]): Promise<CliEnd> {
  let outputBytes = 0;
  const output = new Writable({
    write(chunk: Buffer, _, done) {
      outputBytes += chunk.length;
      done();
    },
  });
  const terminal = {
    input: new PassThrough(),
    output,
    errors: process.stderr,
    colors: false,
    interactive: false,
  };
  const signal = new AbortController().signal;
  const exitCode = await runCommand(words, { ...terminal, columns: 100, signal });
  return { exitCode, outputBytes, peakBytes: process.resourceUsage().maxRSS * 1024 };
}
