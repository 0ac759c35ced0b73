import { describe, expect, test } from 'vitest';
import type { Contender } from '../src/contender/contender.js';
import { workloadReports } from '../src/report/report.js';
import type { Sample } from '../src/run/measure-all.js';
import type { Metric, Workload } from '../src/workload/workload.js';

const refuse = async (): Promise<never> => Promise.reject(new Error('nothing is measured here'));
const contender = (name: string, kind: Contender['kind']): Contender => ({
  name,
  kind,
  offers: ['append'],
  open: refuse,
});
const contenders = [
  contender('ours', 'seglog'),
  contender('a', 'peer'),
  contender('b', 'peer'),
  contender('least', 'raw'),
];

function workload(better: Metric['better']): Workload {
  return {
    id: 'w',
    title: 'work',
    metrics: [{ id: 'm', unit: 'ms', better }],
    isFor: () => true,
    measure: refuse,
  };
}

function samplesOf(rounds: Readonly<Record<string, readonly (number | string)[]>>): readonly Sample[] {
  return Object.entries(rounds).flatMap(([name, list]) =>
    list.map((value, round) => ({
      workload: 'w',
      contender: name,
      round,
      ...(typeof value === 'number' ? { values: { m: value } } : { error: value }),
    })),
  );
}

const rounds = { ours: [40, 20, 10], a: [10, 10, 10], b: [20, 4, 8], least: [80, 80, 80] };

describe('a report', () => {
  test('compares with the best peer, round by round', () => {
    const [found] = workloadReports({
      workloads: [workload('higher')],
      contenders,
      samples: samplesOf(rounds),
    });
    expect(found?.bestPeer).toBe('a');
    expect(found?.rows.map((row) => row.contender)).toEqual(['least', 'ours', 'a', 'b']);
    const ours = found?.rows[1];
    expect(ours).toMatchObject({ toBestPeer: 2, toRaw: 0.25 });
    expect(ours?.values['m']).toMatchObject({ median: 20, low: 10, high: 40 });
  });

  test('counts a ratio above 1 as better where less is better, too', () => {
    const [found] = workloadReports({
      workloads: [workload('lower')],
      contenders,
      samples: samplesOf(rounds),
    });
    expect(found?.bestPeer).toBe('b');
    expect(found?.rows.find((row) => row.contender === 'ours')).toMatchObject({ toBestPeer: 0.5, toRaw: 4 });
  });

  test('keeps what failed, puts it last and never takes it for the best peer', () => {
    const samples = samplesOf({ ...rounds, a: ['broken', 'broken', 'broken'] });
    const [found] = workloadReports({ workloads: [workload('higher')], contenders, samples });
    expect(found?.bestPeer).toBe('b');
    expect(found?.rows.at(-1)).toMatchObject({ contender: 'a', errors: ['broken', 'broken', 'broken'] });
    expect(found?.rows.at(-1)?.toBestPeer).toBeUndefined();
  });
});
