import { crcFrameCodec, syncEvery, syncNever } from '@seglog/core';
import type { LogStudy } from './log-study.js';

/** Workloads in which every call is made to fail: each opens its log once more after the fault. */
export const LOG_FAULT_STUDIES: readonly LogStudy[] = [
  {
    name: 'log: append, roll',
    steps: [
      { do: 'append', sizes: [20] },
      { do: 'append', sizes: [30, 30] },
      { do: 'roll' },
      { do: 'append', sizes: [20] },
      { do: 'reopen' },
      { do: 'append', sizes: [20] },
    ],
  },
  {
    name: 'log: sync never',
    parts: { syncPolicy: syncNever() },
    steps: [
      { do: 'append', sizes: [20] },
      { do: 'append', sizes: [30, 30] },
      { do: 'sync' },
      { do: 'append', sizes: [600] },
      { do: 'reopen' },
      { do: 'append', sizes: [10], acknowledge: 'synced' },
    ],
  },
  {
    name: 'log: full segments beside',
    parts: { syncPolicy: syncNever() },
    settings: { maxSegmentBytes: 4096, maxUnsealedSegments: 1 },
    steps: [
      { do: 'append', sizes: [2000] },
      { do: 'append', sizes: [2000] },
      { do: 'append', sizes: [2000] },
      { do: 'append', sizes: [20], acknowledge: 'synced' },
      { do: 'wait', ms: 3000 },
      { do: 'reopen' },
      { do: 'append', sizes: [2000] },
    ],
  },
  {
    name: 'log: truncateAfter',
    steps: [
      { do: 'append', sizes: [20, 20, 20] },
      { do: 'truncateAfter', lastKept: 1 },
      { do: 'append', sizes: [40] },
      { do: 'reopen' },
      { do: 'append', sizes: [10] },
    ],
  },
  {
    name: 'log: deleteRecordsBefore',
    steps: [
      { do: 'append', sizes: [20, 20] },
      { do: 'roll' },
      { do: 'append', sizes: [20] },
      { do: 'deleteRecordsBefore', firstKept: 2 },
      { do: 'wait', ms: 120_000 },
      { do: 'append', sizes: [20] },
      { do: 'reopen' },
      { do: 'append', sizes: [20] },
    ],
  },
  {
    name: 'log: group commit',
    steps: [
      { do: 'appends', count: 5, bytes: 30 },
      { do: 'appends', count: 3, bytes: 300 },
      { do: 'reopen' },
      { do: 'append', sizes: [10] },
    ],
  },
  {
    name: 'log: sync every 2 appends',
    parts: { syncPolicy: syncEvery({ appends: 2 }) },
    steps: [
      { do: 'append', sizes: [30] },
      { do: 'append', sizes: [30] },
      { do: 'append', sizes: [30] },
      { do: 'reopen' },
      { do: 'append', sizes: [30] },
    ],
  },
  {
    name: 'log: plain codec',
    parts: { codec: crcFrameCodec() },
    steps: [
      { do: 'append', sizes: [20] },
      { do: 'append', sizes: [5, 600, 7] },
      { do: 'reopen' },
      { do: 'append', sizes: [9] },
    ],
  },
  {
    name: 'log: full segments',
    settings: { maxSegmentBytes: 4096, preallocateBytes: 0 },
    steps: [
      { do: 'append', sizes: [1500] },
      { do: 'append', sizes: [1500] },
      { do: 'append', sizes: [1000, 1000] },
      { do: 'reopen' },
      { do: 'append', sizes: [10] },
    ],
  },
  {
    name: 'log: kill, recover',
    parts: { syncPolicy: syncEvery({ appends: 2 }) },
    steps: [
      { do: 'append', sizes: [30] },
      { do: 'append', sizes: [30, 30] },
      { do: 'roll' },
      { do: 'append', sizes: [30] },
      { do: 'kill' },
      { do: 'append', sizes: [30] },
      { do: 'kill' },
      { do: 'append', sizes: [30] },
    ],
  },
];
