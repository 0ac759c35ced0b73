import { growthTable } from './growth-page.js';
import { deviationText, ratiosText, valueText } from './number-text.js';
import { leftLines, profileLines } from './profile-text.js';
import { type Report, type Row, reachedText, type WorkloadReport } from './report.js';
import type { Verdict } from './verdict.js';

/** The report for a terminal. */
export function textReport(report: Report): string {
  const blocks = report.workloads.map((workload) =>
    [
      `${workload.id}: ${workload.title}`,
      ...verdictLines(workload.verdicts),
      ...table(workload),
      ...profileLines(report, workload.id),
    ].join('\n'),
  );
  const grown = report.growth.map((growth) =>
    [
      `${growth.id}: ${growth.title}`,
      ...verdictLines(growth.verdicts),
      ...aligned(growthTable(growth)),
      ...growth.errors,
      ...profileLines(report, growth.id),
    ].join('\n'),
  );
  return `${[machineLine(report), ...blocks, ...grown, closing(report)].join('\n\n')}\n`;
}

/** One line about where and how it was measured. */
export function machineLine({ machine, rounds, scale }: Report): string {
  const { cpu, cores, memoryGiB, system, node, fileSystem, loadBefore } = machine;
  const where = `${cpu}, ${cores} cores, ${memoryGiB} GiB, ${system}, Node ${node}, ${fileSystem}`;
  return `${where}; ${scale} run, median of ${rounds} rounds, load ${loadBefore.toFixed(1)} before it`;
}

function verdictLines(verdicts: readonly Verdict[]): readonly string[] {
  return verdicts.map(
    ({ id, reached, found, wanted }) =>
      `  ${reached ? 'reached' : 'NOT REACHED'}: ${id}: ${found}, wanted ${wanted}`,
  );
}

function table(workload: WorkloadReport): readonly string[] {
  const cells = workload.rows.map((row) => cellsOf(workload, row));
  const names = workload.metrics.flatMap(({ id }) => [id, '']);
  return aligned([['', ...names, 'to best peer', 'to raw', ''], ...cells]);
}

/** The first column is text, the others are numbers. */
function aligned(all: readonly (readonly string[])[]): readonly string[] {
  const widths = all[0]?.map((_, at) => Math.max(...all.map((line) => line[at]?.length ?? 0))) ?? [];
  return all.map((line) =>
    line
      .map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}

function cellsOf({ metrics }: WorkloadReport, row: Row): readonly string[] {
  const values = metrics.flatMap((metric) => {
    const found = row.values[metric.id];
    return found === undefined ? ['', ''] : [valueText(found.median, metric), deviationText(found.deviation)];
  });
  const problem = row.errors.length > 0 ? `${row.errors.length} failed: ${row.errors[0]}` : '';
  return [`  ${row.contender}`, ...values, ratiosText(row.toBestPeer), ratiosText(row.toRaw), problem];
}

function closing(report: Report): string {
  const { seconds, errors, missing } = report;
  const lines = [...missing, ...leftLines(report), reachedText(report)];
  return [...lines, `${seconds.toFixed(0)} s, ${errors} errors`].join('\n');
}
