import { type CrashProfile, crashProfiles } from '../simulated/profiles.js';
import { CrashSearch } from './crash-search.js';
import type { CrashOptions, CrashStudy } from './crash-study.js';
import { messageOf } from './examination.js';
import { type FaultCell, faultCells } from './fault-cells.js';
import { recordWorkload, type WorkloadRecording } from './workload-recording.js';

export interface FaultOptions {
  /** Default 1. */
  readonly seed?: number | undefined;
  /** Where the power is cut after the fault: once the workload ended (default), or at every call. */
  readonly crashes?: 'end' | 'every' | undefined;
  /** Default: everything survives, nothing does, or only the process dies. */
  readonly profile?: CrashOptions['profile'];
  /** Default 1. */
  readonly depth?: number | undefined;
  /** Ends the search; default 3. */
  readonly maxViolations?: number | undefined;
  /** First cell to try: `resumeAt` of a search that was ended. Default 0. */
  readonly from?: number | undefined;
  /** First cell that is not tried. Default: none. */
  readonly to?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface FaultViolation {
  /** The cell, in words. */
  readonly fault: string;
  readonly cell: FaultCell;
  readonly message: string;
  /** For people; holds the line for `replayCrash`, to be called with `faults: [cell.rule]`, when a crash was needed. */
  readonly timeline: string;
}

export interface FaultReport {
  readonly name: string;
  readonly seed: number;
  /** Calls of the workload without a fault: the sites. */
  readonly sites: number;
  /** Sites times errors times durations. */
  readonly cells: number;
  /** Cells that were carried out. */
  readonly covered: number;
  /** Different states that were recovered and checked. */
  readonly distinctStates: number;
  readonly violations: readonly FaultViolation[];
  readonly elapsedMs: number;
  /** Of a search that was ended: `from` of the one that goes on. */
  readonly resumeAt?: number | undefined;
}

/** What a fault may be followed by: no crash at all but for the process, or one that takes all it can. */
const ends: CrashProfile = (pending, random) => [
  ...crashProfiles.kill(pending, random),
  ...crashProfiles.all(pending, random),
  ...crashProfiles.none(pending, random),
];

/**
 * Lets every call of a workload fail in every way that an operating system knows: once, for ever, or with everything
 * after it. The workload must cope: each of its own calls settles, and errors are those that its engine promises (it
 * rethrows what is none of them). When the faults are over, what is left must open and hold what was promised.
 */
export async function enumerateFaults<Engine, Fact>(
  study: CrashStudy<Engine, Fact>,
  options: FaultOptions = {},
): Promise<FaultReport> {
  const startedMs = performance.now();
  const { calls } = await recordWorkload(study, { seed: options.seed });
  const cells = calls.flatMap(faultCells);
  const violations: FaultViolation[] = [];
  let covered = 0;
  let distinctStates = 0;
  let resumeAt: number | undefined;
  const { from = 0, to } = options;
  for (const [i, cell] of cells.slice(from, to).entries()) {
    if (violations.length >= (options.maxViolations ?? 3) || options.signal?.aborted === true) {
      resumeAt = from + i;
      break;
    }
    const outcome = await tryCell(study, cell, options);
    covered += 1;
    distinctStates += outcome.distinctStates;
    violations.push(...outcome.violations);
    if (covered % 64 === 0) await breathe();
  }
  const elapsedMs = performance.now() - startedMs;
  const counts = { sites: calls.length, cells: cells.length, covered, distinctStates };
  return { name: study.name, seed: options.seed ?? 1, ...counts, violations, elapsedMs, resumeAt };
}

async function tryCell<Engine, Fact>(
  study: CrashStudy<Engine, Fact>,
  cell: FaultCell,
  options: FaultOptions,
): Promise<{ readonly distinctStates: number; readonly violations: readonly FaultViolation[] }> {
  const { seed, depth, profile = ends } = options;
  const onlyEnd = options.crashes !== 'every';
  const settings: CrashOptions = { seed, depth, profile, onlyEnd, faults: [cell.rule], maxViolations: 1 };
  let recording: WorkloadRecording<Fact>;
  try {
    recording = await recordWorkload(study, settings);
  } catch (error) {
    const message = `the workload could not cope: ${messageOf(error)}`;
    return { distinctStates: 0, violations: [violationOf(cell, message, stackOf(error))] };
  }
  const { oracle, points, trace } = recording;
  const search = new CrashSearch({ study, options: settings, oracle });
  const report = await search.run(points, trace);
  const violations = report.violations.map((one) => violationOf(cell, one.message, one.timeline));
  return { distinctStates: report.distinctStates, violations };
}

function violationOf(cell: FaultCell, message: string, details: string): FaultViolation {
  return { fault: cell.name, cell, message, timeline: `fault: ${cell.name}\n${message}\n\n${details}` };
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** Lets other work of the process have its turn. */
function breathe(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** The reports as a table for people. */
export function formatFaultReports(reports: readonly FaultReport[]): string {
  const width = Math.max(10, ...reports.map(({ name }) => name.length));
  const rows = reports.map((one) => [
    one.sites,
    one.cells,
    one.covered,
    one.distinctStates,
    one.violations.length,
  ]);
  const sum = [0, 1, 2, 3, 4].map((column) => rows.reduce((total, row) => total + (row[column] ?? 0), 0));
  const line = (name: string, cells: readonly (string | number)[]): string =>
    name.padEnd(width) + cells.map((cell) => String(cell).padStart(12)).join('');
  return [
    line('faults in', ['sites', 'cells', 'covered', 'states', 'violations']),
    ...rows.map((row, i) => line(reports[i]?.name ?? '', row)),
    line('sum', sum),
  ].join('\n');
}
