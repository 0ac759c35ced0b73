import { hashedOffsetMap, sizeTiered } from '../src/index.js';
import type { CleaningStudy } from './cleaning-study.js';

/** Workloads of a few calls each, so that every crash of every call can be tried. */
export const CLEANING_STUDIES: readonly CleaningStudy[] = [
  {
    name: 'cleaning: compaction',
    large: true,
    steps: [
      { do: 'append', words: ['a=1', 'b=1'] },
      { do: 'roll' },
      { do: 'append', words: ['a=2'] },
      { do: 'compact' },
      { do: 'append', words: ['b=2'] },
    ],
  },
  {
    name: 'cleaning: tombstones',
    large: true,
    cleanup: { deleteRetentionMs: 1000 },
    settings: { deleteDelayMs: 10 },
    steps: [
      { do: 'append', words: ['a=1', 'b=1', 'a'] },
      { do: 'compact' },
      { do: 'append', words: ['b', 'c=1'] },
      { do: 'wait', ms: 1000 },
      { do: 'compact' },
      { do: 'wait', ms: 1000 },
      { do: 'compact' },
      { do: 'wait', ms: 100 },
    ],
  },
  {
    name: 'cleaning: groups of segments',
    large: true,
    settings: { maxSegmentBytes: 4096 },
    parts: { offsetMap: hashedOffsetMap({ maxBytes: 4096 }) },
    steps: [
      { do: 'append', words: [`a=${'1'.repeat(1500)}`, 'b=1'] },
      { do: 'append', words: [`c=${'1'.repeat(1500)}`, 'a=2'] },
      { do: 'append', words: [`d=${'1'.repeat(1500)}`, 'b'] },
      { do: 'append', words: ['c=2', 'd'] },
      { do: 'compact' },
      { do: 'append', words: ['a=3'] },
    ],
  },
  {
    name: 'cleaning: rounds, kills, reopens',
    large: true,
    parts: { strategy: sizeTiered({ minSegments: 2 }) },
    steps: [
      { do: 'append', words: ['a=1', 'b=1'] },
      { do: 'roll' },
      { do: 'append', words: ['b', 'a=2'] },
      { do: 'kill' },
      { do: 'roll' },
      { do: 'round' },
      { do: 'append', words: ['b=2'] },
      { do: 'reopen' },
      { do: 'append', words: ['a=3'] },
    ],
  },
  {
    name: 'cleaning: retention',
    policy: 'delete',
    cleanup: { retentionRecords: 2 },
    steps: [
      { do: 'append', words: ['a=1', 'b=1'] },
      { do: 'roll' },
      { do: 'append', words: ['a=2'] },
      { do: 'roll' },
      { do: 'append', words: ['c=1'] },
      { do: 'round' },
      { do: 'append', words: ['d=1'] },
      { do: 'wait', ms: 10 },
    ],
  },
  {
    name: 'cleaning: retention by age, of all there is',
    policy: 'delete',
    cleanup: { retentionMs: 1000 },
    steps: [
      { do: 'append', words: ['a=1', 'b=1'] },
      { do: 'wait', ms: 2000 },
      { do: 'round' },
      { do: 'append', words: ['d=1'] },
    ],
  },
  {
    name: 'cleaning: compaction and retention',
    large: true,
    policy: 'compact,delete',
    cleanup: { retentionBytes: 500, minDirtyRatio: 0.1 },
    steps: [
      { do: 'append', words: ['a=1', 'b=1'] },
      { do: 'roll' },
      { do: 'append', words: ['a=2', `c=${'1'.repeat(300)}`] },
      { do: 'roll' },
      { do: 'append', words: ['b', `c=${'2'.repeat(300)}`] },
      { do: 'round' },
      { do: 'append', words: ['d=1'] },
    ],
  },
];
