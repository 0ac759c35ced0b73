import { groupCommit } from '@seglog/core';
import type { WalStudy } from './wal-study.js';

const PIECES = { maxSegmentBytes: 4096, pieceBytes: 100 };

/** Workloads of a few calls each, so that every crash of every call can be tried. */
export const WAL_STUDIES: readonly WalStudy[] = [
  {
    name: 'wal: append',
    settings: PIECES,
    steps: [
      { do: 'append', bytes: 20 },
      { do: 'append', bytes: 350 },
      { do: 'append', bytes: 0 },
    ],
  },
  {
    name: 'wal: append together',
    settings: PIECES,
    parts: { syncPolicy: groupCommit({ maxDelayMs: 5 }) },
    steps: [
      { do: 'appends', count: 4, bytes: 30 },
      { do: 'appends', count: 2, bytes: 250 },
    ],
  },
  {
    name: 'wal: roll',
    settings: PIECES,
    steps: [
      { do: 'append', bytes: 120 },
      { do: 'roll' },
      { do: 'append', bytes: 20 },
      { do: 'wait', ms: 200 },
      { do: 'append', bytes: 220 },
    ],
  },
  {
    name: 'wal: checkpoint',
    settings: PIECES,
    steps: [
      { do: 'append', bytes: 120 },
      { do: 'append', bytes: 20 },
      { do: 'roll' },
      { do: 'release', appends: 1 },
      { do: 'append', bytes: 220 },
      { do: 'release', appends: 3 },
      { do: 'append', bytes: 20 },
    ],
  },
  {
    name: 'wal: replay, replay of a replay',
    settings: PIECES,
    steps: [
      { do: 'append', bytes: 220 },
      { do: 'kill' },
      { do: 'append', bytes: 20 },
      { do: 'release', appends: 1 },
      { do: 'kill' },
      { do: 'append', bytes: 120 },
      { do: 'reopen' },
      { do: 'append', bytes: 20 },
    ],
  },
  {
    name: 'wal: chain of hashes',
    settings: { ...PIECES, chain: 'blake3' },
    steps: [
      { do: 'append', bytes: 120 },
      { do: 'roll' },
      { do: 'append', bytes: 20 },
      { do: 'roll' },
      { do: 'kill' },
      { do: 'append', bytes: 220 },
      { do: 'release', appends: 1 },
      { do: 'reopen' },
      { do: 'append', bytes: 20 },
    ],
  },
  {
    name: 'wal: rolls by size',
    settings: PIECES,
    steps: [
      { do: 'append', bytes: 1500 },
      { do: 'append', bytes: 1500 },
      { do: 'release', appends: 1 },
      { do: 'append', bytes: 1500 },
    ],
  },
];
