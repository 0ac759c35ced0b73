import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { thisCommit } from '@seglog/tools';
import { NativeLimit } from '../contender/native-limit.js';
import { growthReports } from '../report/growth-report.js';
import { type Report, workloadReports } from '../report/report.js';
import type { Choices } from './command-line.js';
import { machineFacts } from './machine.js';
import { measureAll } from './measure-all.js';
import { measureGrowth } from './measure-growth.js';
import { inNewDirectory } from './new-directory.js';
import { Progress } from './progress.js';

/** Measures what was chosen, in a new directory that is gone again when it resolves. */
export async function takeReport(choices: Choices): Promise<Report> {
  const progress = new Progress(process.stderr);
  try {
    return await inNewDirectory(choices.directory, (directory) => measured(choices, directory, progress));
  } finally {
    progress.end();
  }
}

async function measured(
  { workloads, growths, scale, contenders: chosen }: Choices,
  directory: string,
  progress: Progress,
): Promise<Report> {
  const started = performance.now();
  const machine = await machineFacts(directory);
  announce(directory, machine.fileSystem);
  const missing: string[] = [];
  const contenders = chosen.filter((contender) => {
    const reason = contender.missing?.();
    if (reason !== undefined) missing.push(`${contender.name} did not take part: ${reason}`);
    return reason === undefined;
  });
  const native = await compiled(join(directory, 'native'), missing);
  const onProgress = progress.show.bind(progress);
  const place = { scale, directory, onProgress };
  const samples = await measureAll({ workloads, field: { contenders, native }, ...place });
  const grown = await measureGrowth(growths, place);
  return {
    date: new Date().toISOString(),
    commit: thisCommit(),
    scale: scale.name,
    rounds: scale.rounds,
    seconds: (performance.now() - started) / 1000,
    machine,
    workloads: workloadReports(workloads, samples),
    growth: growthReports(growths, grown),
    missing,
    errors: [...samples, ...grown].filter(({ error }) => error !== undefined).length,
  };
}

async function compiled(directory: string, missing: string[]): Promise<NativeLimit | undefined> {
  await mkdir(directory);
  try {
    return await NativeLimit.compile(directory);
  } catch (error) {
    const [reason] = (error instanceof Error ? error.message : String(error)).split('\n');
    missing.push(`the raw limit in C is missing, what Node can ask of the system stands for it: ${reason}`);
    return undefined;
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
