import { crcFrameCodec, memoryIndex, syncEvery, syncNever } from '@seglog/core';
import type { LogStudy } from './log-study.js';

/** Workloads of a few calls each, so that every crash of every call can be tried. */
export const LOG_STUDIES: readonly LogStudy[] = [
  {
    name: 'log: create, append',
    steps: [
      { do: 'append', sizes: [20] },
      { do: 'append', sizes: [5, 700] },
      { do: 'append', sizes: [0] },
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
      { do: 'append', sizes: [10], acknowledge: 'synced' },
      { do: 'append', sizes: [10] },
    ],
  },
  {
    name: 'log: roll',
    large: true,
    steps: [
      { do: 'append', sizes: [20] },
      { do: 'roll' },
      { do: 'append', sizes: [20, 20] },
      { do: 'wait', ms: 200 },
      { do: 'append', sizes: [20] },
      { do: 'roll' },
    ],
  },
  {
    name: 'log: truncateAfter',
    steps: [
      { do: 'append', sizes: [20, 20, 20] },
      { do: 'append', sizes: [20] },
      { do: 'truncateAfter', lastKept: 1 },
      { do: 'append', sizes: [40] },
      { do: 'roll' },
      { do: 'append', sizes: [40] },
      { do: 'truncateAfter', lastKept: 0 },
      { do: 'append', sizes: [10] },
    ],
  },
  {
    name: 'log: deleteRecordsBefore',
    steps: [
      { do: 'append', sizes: [20, 20] },
      { do: 'roll' },
      { do: 'append', sizes: [20] },
      { do: 'deleteRecordsBefore', firstKept: 1 },
      { do: 'append', sizes: [20] },
      { do: 'deleteRecordsBefore', firstKept: 3 },
      { do: 'wait', ms: 120_000 },
      { do: 'append', sizes: [20] },
    ],
  },
  {
    name: 'log: close, reopen',
    large: true,
    steps: [
      { do: 'append', sizes: [20] },
      { do: 'reopen' },
      { do: 'append', sizes: [20] },
      { do: 'wait', ms: 200 },
      { do: 'reopen' },
      { do: 'reopen' },
      { do: 'append', sizes: [20] },
    ],
  },
  {
    name: 'log: group commit',
    steps: [
      { do: 'appends', count: 5, bytes: 30 },
      { do: 'appends', count: 3, bytes: 300 },
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
      { do: 'roll' },
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
    ],
  },
  {
    name: 'log: cleaner',
    large: true,
    steps: [
      { do: 'append', sizes: [20, 20, 20] },
      { do: 'roll' },
      { do: 'append', sizes: [20, 20] },
      { do: 'roll' },
      { do: 'append', sizes: [20] },
      { do: 'clean' },
      { do: 'append', sizes: [20] },
      { do: 'wait', ms: 120_000 },
    ],
  },
  {
    name: 'log: idempotent producer',
    large: true,
    producer: 'p',
    steps: [
      { do: 'append', sizes: [20] },
      { do: 'append', sizes: [20, 20] },
      { do: 'roll' },
      { do: 'append', sizes: [20] },
      { do: 'reopen' },
      { do: 'append', sizes: [20] },
    ],
  },
  {
    name: 'log: memory index',
    parts: { index: memoryIndex() },
    settings: { indexIntervalBytes: 64 },
    steps: [
      { do: 'append', sizes: [200] },
      { do: 'append', sizes: [200] },
      { do: 'roll' },
      { do: 'append', sizes: [200] },
      { do: 'reopen' },
    ],
  },
  {
    name: 'log: kill, recover',
    parts: { syncPolicy: syncNever() },
    steps: [
      { do: 'append', sizes: [30] },
      { do: 'append', sizes: [30, 30] },
      { do: 'kill' },
      { do: 'append', sizes: [30] },
      { do: 'roll' },
      { do: 'append', sizes: [30] },
      { do: 'kill' },
      { do: 'append', sizes: [30], acknowledge: 'synced' },
    ],
  },
];
