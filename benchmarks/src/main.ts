import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { record } from './report/record.js';
import { type Report, workloadReports } from './report/report.js';
import { textReport } from './report/text-report.js';
import { type Choices, parseCommandLine, usage } from './run/command-line.js';
import { machineFacts } from './run/machine.js';
import { measureAll } from './run/measure-all.js';
import { Progress } from './run/progress.js';

process.exitCode = await main(process.argv.slice(2));

async function main(words: readonly string[]): Promise<number> {
  const choices = parsed(words);
  if (typeof choices === 'string') {
    process.stderr.write(`${choices}\n\n${usage}`);
    return 2;
  }
  if (choices.help) {
    process.stdout.write(usage);
    return 0;
  }
  const report = await run(choices);
  process.stdout.write(textReport(report));
  if (choices.json !== undefined) await writeFile(choices.json, `${JSON.stringify(report, null, 2)}\n`);
  if (choices.record && report.errors === 0) record(report);
  return report.errors === 0 ? 0 : 1;
}

function parsed(words: readonly string[]): Choices | string {
  try {
    return parseCommandLine(words);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function run(choices: Choices): Promise<Report> {
  const { workloads, scale, directory: parent = tmpdir() } = choices;
  const contenders = choices.contenders.filter(({ missing }) => missing?.() === undefined);
  const directory = await mkdtemp(join(await realpath(parent), 'seglog-bench-'));
  const progress = new Progress(process.stderr);
  const started = performance.now();
  try {
    const machine = await machineFacts(directory);
    announce(directory, machine.fileSystem);
    const onProgress = progress.show.bind(progress);
    const samples = await measureAll({ workloads, contenders, scale, directory, onProgress });
    return {
      date: new Date().toISOString(),
      scale: scale.name,
      rounds: scale.rounds,
      seconds: (performance.now() - started) / 1000,
      machine,
      workloads: workloadReports({ workloads, contenders, samples }),
      missing: choices.contenders.flatMap(({ name, missing }) => {
        const reason = missing?.();
        return reason === undefined ? [] : `${name} did not take part: ${reason}`;
      }),
      errors: samples.filter(({ error }) => error !== undefined).length,
    };
  } finally {
    progress.end();
    await rm(directory, { recursive: true, force: true });
  }
}

function announce(directory: string, fileSystem: string): void {
  process.stderr.write(`data in ${directory} (${fileSystem})\n`);
  if (fileSystem === 'tmpfs' || fileSystem === 'ramfs') {
    process.stderr.write(
      'this is memory, not a disk: durable workloads mean nothing here; choose another --dir\n',
    );
  }
}
