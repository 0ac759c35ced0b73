import type { CrewRange } from './crew-protocol.js';

/** A task is cut into so many parts, whatever the number of workers: that makes results independent of it. */
const PARTS = 32;

/** `size` things in parts of equal size, without those before `from`. */
export function crewParts(size: number, from: number): readonly CrewRange[] {
  const each = Math.max(1, Math.ceil(size / PARTS));
  const parts: CrewRange[] = [];
  for (let at = 0; at < size; at += each) {
    const to = Math.min(size, at + each);
    if (to > from) parts.push({ from: Math.max(at, from), to });
  }
  return parts;
}

/**
 * The reports that count: those of the first parts up to one that is missing, or to the one that brings the number of
 * violations to `maxViolations`. What workers have found beyond it depends on how fast they were.
 */
export function finishedParts<Report extends { readonly violations: readonly unknown[] }>(
  reports: readonly (Report | undefined)[],
  maxViolations: number,
): readonly Report[] {
  const finished: Report[] = [];
  let violations = 0;
  for (let part = 0; part < reports.length && violations < maxViolations; part += 1) {
    const report = reports[part];
    if (report === undefined) break;
    finished.push(report);
    violations += report.violations.length;
  }
  return finished;
}
