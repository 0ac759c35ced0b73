import { syncNever } from '@seglog/core';
import type { LogStudy } from './log-study.js';

/** Workloads so small that every crash of every recovery can be tried. */
export const SMALL_LOG_STUDIES: readonly LogStudy[] = [
  { name: 'log: one append', steps: [{ do: 'append', sizes: [20] }] },
  {
    name: 'log: one roll',
    steps: [{ do: 'append', sizes: [20, 20] }, { do: 'roll' }, { do: 'append', sizes: [20] }],
  },
  {
    name: 'log: one truncation',
    steps: [
      { do: 'append', sizes: [20, 20] },
      { do: 'truncateAfter', lastKept: 0 },
    ],
  },
  {
    name: 'log: one deletion',
    steps: [
      { do: 'append', sizes: [20] },
      { do: 'roll' },
      { do: 'deleteRecordsBefore', firstKept: 1 },
      { do: 'wait', ms: 120_000 },
    ],
  },
  {
    name: 'log: one clean close',
    steps: [{ do: 'append', sizes: [20] }, { do: 'reopen' }, { do: 'append', sizes: [20] }],
  },
  {
    name: 'log: one kill',
    steps: [{ do: 'append', sizes: [20] }, { do: 'kill' }, { do: 'append', sizes: [20] }],
  },
  {
    name: 'log: one kill, quarantine taken',
    steps: [
      { do: 'stranger', name: 'quarantine' },
      { do: 'append', sizes: [20] },
      { do: 'kill' },
      { do: 'append', sizes: [20] },
    ],
  },
  {
    name: 'log: one roll beside',
    parts: { syncPolicy: syncNever() },
    settings: { maxSegmentBytes: 4096 },
    steps: [{ do: 'append', sizes: [2000] }, { do: 'append', sizes: [2000] }, { do: 'sync' }],
  },
  {
    name: 'log: one producer',
    producer: 'p',
    steps: [{ do: 'append', sizes: [20] }, { do: 'kill' }, { do: 'append', sizes: [20] }],
  },
];
