import { readFile, writeFile } from 'node:fs/promises';
import type { Contender } from './contender/contender.js';
import { allContenders } from './contender/contenders.js';
import { withProfiles } from './profile/take-profiles.js';
import { record } from './report/record.js';
import type { Report } from './report/report.js';
import { shortfallProblems } from './report/shortfalls.js';
import { textReport } from './report/text-report.js';
import { type Choices, parseCommandLine, usage } from './run/command-line.js';
import { takeReport } from './run/take-report.js';

process.exitCode = await main(process.argv.slice(2));

async function main(words: readonly string[]): Promise<number> {
  const contenders = await allContenders();
  const choices = parsed(words, contenders);
  if (typeof choices === 'string') {
    process.stderr.write(`${choices}\n\n${usage(contenders)}`);
    return 2;
  }
  if (choices.help) {
    process.stdout.write(usage(contenders));
    return 0;
  }
  const { from, json, profile } = choices;
  const timed = from === undefined ? await takeReport(choices) : await reportIn(from);
  const report = profile ? await withProfiles(timed, choices) : timed;
  process.stdout.write(textReport(report));
  if (json !== undefined) await writeFile(json, `${JSON.stringify(report, null, 2)}\n`);
  if (report.errors > 0) return 1;
  return choices.record ? recorded(report) : 0;
}

function parsed(words: readonly string[], contenders: readonly Contender[]): Choices | string {
  try {
    return parseCommandLine(words, contenders);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function reportIn(file: string): Promise<Report> {
  return JSON.parse(await readFile(file, 'utf8')) as Report;
}

/** What is missed needs a reason before anybody reads the figures. */
function recorded(report: Report): number {
  const problems = shortfallProblems(report);
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  if (problems.length > 0) return 1;
  record(report);
  return 0;
}
