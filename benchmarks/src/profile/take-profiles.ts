import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { thisCommit } from '@seglog/tools';
import type { ProfileReport, Profiles, Report } from '../report/report.js';
import type { Choices } from '../run/command-line.js';
import { inNewDirectory } from '../run/new-directory.js';
import { Progress } from '../run/progress.js';
import type { ProfileOfPart, ProfileTask } from './profile-task.js';
import { type WantedProfile, wantedProfiles } from './wanted-profiles.js';

/** A compiled file even when this one is run from its source. */
const CHILD = fileURLToPath(new URL('../../dist/profile/profile-child.js', import.meta.url));

/** The report with a profile of each row that misses a target; what fails meanwhile is one of its errors. */
export async function withProfiles(report: Report, choices: Choices): Promise<Report> {
  const wanted = wantedProfiles(report, choices);
  const progress = new Progress(process.stderr);
  const taken: ProfileReport[] = [];
  const left: string[] = [];
  let failed = 0;
  await inNewDirectory(choices.directory, async (directory) => {
    for (const [done, one] of wanted.entries()) {
      const { workload, contender } = one;
      progress.show({ done, of: wanted.length, workload: `profile of ${workload}`, contender, round: 0 });
      try {
        const profiles = await profilesIn(join(directory, 'profiled'), one, choices);
        taken.push(...profiles);
        left.push(...leftOut(one, profiles));
      } catch (error) {
        failed++;
        left.push(`${workload}, ${contender}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  });
  progress.end();
  const profiles: Profiles = { commit: thisCommit(), taken, left };
  return { ...report, profiles, errors: report.errors + failed };
}

/** In a process of its own, which compiles everything under the profiler and has run nothing else. */
async function profilesIn(
  directory: string,
  { targets, ...wanted }: WantedProfile,
  { scale }: Pick<Choices, 'scale'>,
): Promise<readonly ProfileReport[]> {
  const task: ProfileTask = { ...wanted, scale, directory };
  await mkdir(directory);
  try {
    return (await answered(task)).map(({ value, ...profile }) => ({
      workload: wanted.workload,
      contender: wanted.contender,
      ...(value === undefined ? {} : { value }),
      targets: targets.filter((id) => value === undefined || id === `${wanted.workload} ${value}`),
      ...profile,
    }));
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function answered(task: ProfileTask): Promise<readonly ProfileOfPart[]> {
  const child = fork(CHILD, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const exited = once(child, 'exit');
  const answers: (readonly ProfileOfPart[])[] = [];
  child.on('message', (answer) => answers.push(answer as readonly ProfileOfPart[]));
  child.send(task);
  const [code, signal] = await exited;
  const [answer] = answers;
  if (answer === undefined) throw new Error(`the process that was profiled ended with ${signal ?? code}`);
  return answer;
}

/** What no processor time explains, or what is done in another process. */
function leftOut(
  { workload, contender, growth }: WantedProfile,
  taken: readonly ProfileReport[],
): readonly string[] {
  const values = growth?.values ?? [undefined];
  const missing = values.filter((value) => !taken.some((profile) => profile.value === value));
  return missing.map((value) => [workload, value, contender].filter((word) => word !== undefined).join(' '));
}
