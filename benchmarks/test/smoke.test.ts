import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Report } from '../src/report/report.js';
import { workloads } from '../src/workload/workloads.js';
import { bench, newDirectory } from './bench-command.js';

const place = newDirectory();

describe('the command', () => {
  test('measures every workload with every contender, without an error, and leaves nothing behind', () => {
    const json = join(place.path, 'report.json');
    const run = bench('--smoke', '--dir', place.path, '--json', json);
    expect(run.stderr).toContain(`data in ${place.path}`);
    expect(run.status, String(run.stdout)).toBe(0);
    const report = JSON.parse(readFileSync(json, 'utf8')) as Report;
    expect(report.errors).toBe(0);
    expect(report.workloads.map(({ id }) => id)).toEqual(workloads.map(({ id }) => id));
    for (const { id, rows, metrics } of report.workloads) {
      expect(rows.map(({ kind }) => kind)).toContain(id.startsWith('machine.') ? 'raw' : 'seglog');
      for (const { contender, values } of rows) {
        for (const metric of metrics) {
          expect(values[metric.id]?.median, `${id} ${contender} ${metric.id}`).toBeGreaterThan(0);
        }
      }
    }
    for (const { points, errors } of report.growth) {
      expect(errors).toEqual([]);
      expect(points).toHaveLength(2);
    }
    expect(readdirSync(place.path)).toEqual(['report.json']);
    const again = bench('--from', json);
    expect(again.stdout).toBe(run.stdout);
  }, 180_000);

  test('names what it does not know', () => {
    const run = bench('--only', 'append,nothing');
    expect(run.status).toBe(2);
    expect(run.stderr).toContain("no workload is called 'nothing'");
  });
});
