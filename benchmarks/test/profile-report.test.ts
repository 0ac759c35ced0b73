import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { allContenders } from '../src/contender/contenders.js';
import { wantedProfiles } from '../src/profile/wanted-profiles.js';
import { documents } from '../src/report/markdown-report.js';
import { type ProfileReport, type Report, workloadReports } from '../src/report/report.js';
import { textReport } from '../src/report/text-report.js';
import { parseCommandLine, usage } from '../src/run/command-line.js';
import type { Workload } from '../src/workload/workload.js';
import { bench, newDirectory } from './bench-command.js';

const pageOf = (one: Report): string => documents(one, 'npm run bench', {}).get('benchmarks.md') ?? '';

const workload: Workload = {
  id: 'w',
  title: 'work',
  metrics: [
    { id: 'm', unit: 'records/s', better: 'higher' },
    { id: 'late', unit: 'ms', better: 'lower' },
  ],
  targets: [
    { to: 'peer', atLeast: 2 },
    { row: 'seglog lent', to: 'peer', atLeast: 2 },
    { metric: 'late', atMost: 1 },
    { atLeast: 10 },
  ],
  turns: () => [],
};

function sample(contender: string, m: number, late: number): Parameters<typeof workloadReports>[1][number] {
  const kind = contender === 'peer' ? 'peer' : 'seglog';
  return { workload: 'w', contender, kind, round: 0, values: { m, late } };
}

const report: Report = {
  date: '2026-01-02T03:04:05.000Z',
  commit: 'abc',
  scale: 'full',
  rounds: 1,
  seconds: 1,
  machine: { cpu: 'c', cores: 2, memoryGiB: 4, system: 's', node: 'v', fileSystem: 'ext4', loadBefore: 0 },
  missing: [],
  errors: 0,
  growth: [
    {
      id: 'growth.things',
      title: 'things',
      axis: 'things',
      charts: [],
      verdicts: [
        { id: 'growth.things readNs', wanted: '', found: '', reached: false },
        { id: 'growth.things openUs', wanted: '', found: '', reached: true },
      ],
      points: [
        { size: 10, values: {} },
        { size: 100, values: {} },
      ],
      errors: [],
    },
  ],
  workloads: workloadReports(
    [workload],
    [sample('seglog', 20, 5), sample('seglog lent', 10, 2), sample('peer', 15, 1)],
  ),
};

describe('what is profiled', () => {
  const growth = {
    id: 'growth.things',
    title: '',
    axis: '',
    charts: [],
    flat: [],
    sizes: () => [],
    measure: () => Promise.reject(new Error('nothing is measured here')),
  };
  const chosen = { workloads: [workload], growths: [growth], named: false };

  test('is each row that misses a target, and what grows at its largest size', () => {
    expect(wantedProfiles(report, chosen)).toEqual([
      { workload: 'w', contender: 'seglog', targets: ['w to peer'] },
      { workload: 'w', contender: 'seglog lent', targets: ['w seglog lent to peer', 'w late'] },
      {
        workload: 'growth.things',
        contender: 'seglog',
        growth: { size: 100, values: ['readNs'] },
        targets: ['growth.things readNs'],
      },
    ]);
  });

  test('is what misses nothing only where it was named', () => {
    const calm = { ...chosen, workloads: [{ ...workload, targets: [] }], growths: [] };
    expect(wantedProfiles(report, calm)).toEqual([]);
    expect(wantedProfiles(report, { ...calm, named: true })).toEqual([
      { workload: 'w', contender: 'seglog', targets: [] },
    ]);
  });

  test('is decided by the command line', async () => {
    const all = await allContenders();
    const chosenBy = (...words: readonly string[]): readonly boolean[] => {
      const { profile, named } = parseCommandLine(words, all);
      return [profile, named];
    };
    expect(usage(all)).toContain('\n  --profile  ');
    expect(chosenBy()).toEqual([false, false]);
    expect(chosenBy('--profile', '--only', 'scan')).toEqual([true, true]);
    expect(chosenBy('--record')).toEqual([true, false]);
    expect(chosenBy('--record', '--from', 'report.json')).toEqual([false, false]);
    expect(chosenBy('--record', '--from', 'report.json', '--profile')).toEqual([true, false]);
  });
});

describe('a report with a profile', () => {
  const profile: ProfileReport = {
    workload: 'w',
    contender: 'seglog',
    targets: ['w to peer'],
    samples: 1000,
    bound: true,
    groups: { store: 0.5, runtime: 0.004, system: 0.3, garbage: 0, idle: 0.196, benchmark: 0 },
    functions: [{ name: 'writeRecords core/codec/batch-frame-writer', group: 'store', share: 0.0456 }],
    seconds: 1,
    user: 0.7,
    system: 0.25,
    blocked: 0.2,
  };
  const left = ['memory seglog'];
  const profiled = { ...report, profiles: { commit: 'abd', taken: [profile], left } };
  const shares = "the store's own code 50 %, system calls 30 %, the idle event loop 20 %";

  test('shows it in the section of the workload, and leads there from the reason', () => {
    const page = pageOf(profiled);
    expect(page).toContain(`No reason is known. [Profile](#where-the-time-of-w-goes-seglog): ${shares}.\n`);
    expect(page).toContain('\n### Where the time of w goes: seglog\n');
    expect(page).toContain('user 70 %, system 25 %, blocked 20 %.\n');
    expect(page).toContain('| `writeRecords core/codec/batch-frame-writer` | 4.6 % |');
    expect(page).toContain('timed at commit abd: ');
    expect(page).not.toContain('could not be bound');
    const taken = [{ ...profile, bound: false }];
    expect(pageOf({ ...report, profiles: { commit: 'abc', taken, left } })).toContain('could not be bound');
  });

  test('says it on the terminal, with what has none', () => {
    const text = textReport(profiled);
    expect(text).toContain(`where the time of seglog goes: ${shares}; `);
    expect(text).toContain('     4.6 %  writeRecords core/codec/batch-frame-writer\n');
    expect(text).toContain('1 without a profile: memory seglog\n');
  });

  test('is no different otherwise from one without', () => {
    expect(pageOf(report)).not.toMatch(/profile/i);
    expect(textReport(report)).not.toMatch(/profile/i);
    expect(pageOf({ ...report, profiles: { commit: 'abc', taken: [], left: [] } })).toBe(pageOf(report));
  });
});

describe('the command', () => {
  const place = newDirectory();

  test('profiles what a report says that is missed, and takes reports without profiles', () => {
    const json = join(place.path, 'old.json');
    const [whole] = report.workloads;
    const missed = {
      ...whole,
      id: 'append.batch',
      verdicts: whole?.verdicts.map((one) => ({ ...one, id: 'append.batch to peer' })),
    };
    writeFileSync(json, JSON.stringify({ ...report, growth: [], workloads: [missed] }));
    expect(bench('--from', json).stdout).not.toMatch(/where the time/);
    const run = bench('--from', json, '--smoke', '--profile', '--dir', place.path);
    expect(run.status, String(run.stderr)).toBe(0);
    expect(run.stdout).toContain('where the time of seglog goes: ');
  }, 180_000);

  test('counts a profile that cannot be taken as an error', () => {
    const json = join(place.path, 'strange.json');
    const rows = workloadReports([workload], [sample('seglog strange', 1, 5)]).map((one) => ({
      ...one,
      id: 'scan.lent',
    }));
    writeFileSync(json, JSON.stringify({ ...report, growth: [], workloads: rows }));
    const run = bench('--from', json, '--only', 'scan.lent', '--smoke', '--profile', '--dir', place.path);
    expect(run.status).toBe(1);
    expect(run.stderr).toContain("'seglog strange' takes no part in 'scan.lent'");
    expect(run.stdout).toContain('1 without a profile: scan.lent, seglog strange: ');
  }, 180_000);
});
