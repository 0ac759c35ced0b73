import type { AheadStudy } from './ahead-study.js';

/** Workloads of a few calls each over an engine that writes ahead, so that every crash of every call can be tried. */
export const AHEAD_STUDIES: readonly AheadStudy[] = [
  {
    name: 'ahead: append, multi-partition write',
    steps: [
      { do: 'write', to: ['a0'] },
      { do: 'write', to: ['a0', 'b1'] },
      { do: 'writes', to: [['a1'], ['a0', 'a1'], ['b0']] },
    ],
  },
  {
    name: 'ahead: checkpoint',
    wal: { tailBytes: 300 },
    steps: [
      { do: 'write', to: ['a0', 'b0'] },
      { do: 'checkpoint' },
      { do: 'writes', to: [['a0'], ['b0', 'a1']] },
      { do: 'checkpoint' },
      { do: 'write', to: ['b0', 'a0'] },
    ],
  },
  {
    name: 'ahead: replay, replay of a replay',
    steps: [
      { do: 'write', to: ['a0', 'b1'] },
      { do: 'write', to: ['a0'], bytes: 500 },
      { do: 'kill' },
      { do: 'write', to: ['a0', 'b1'] },
      { do: 'kill' },
      { do: 'write', to: ['b1'] },
    ],
  },
  {
    name: 'ahead: rolls',
    wal: { tailBytes: 700 },
    steps: [
      { do: 'write', to: ['a0', 'b0'] },
      { do: 'roll', at: 'a0' },
      { do: 'write', to: ['a0', 'b0'], bytes: 1500 },
      { do: 'write', to: ['a0', 'b0'], bytes: 1500 },
      { do: 'write', to: ['a0', 'b0'], bytes: 1500 },
    ],
  },
  {
    name: 'ahead: truncation with records left',
    steps: [
      { do: 'write', to: ['a0', 'b0'] },
      { do: 'write', to: ['a0'] },
      { do: 'write', to: ['a0', 'b1'] },
      { do: 'truncate', at: 'a0', lastKept: 0 },
      { do: 'write', to: ['a0'] },
      { do: 'kill' },
      { do: 'write', to: ['a0'] },
    ],
  },
  {
    name: 'ahead: topic deleted with records left',
    steps: [
      { do: 'write', to: ['a0', 'b0'] },
      { do: 'write', to: ['b0', 'b1'] },
      { do: 'deleteTopic', topic: 'b' },
      { do: 'write', to: ['a0'] },
    ],
  },
  {
    name: 'ahead: records deleted below',
    steps: [
      { do: 'writes', to: [['a0'], ['a0'], ['a0', 'a1']] },
      { do: 'purge', at: 'a0', firstKept: 2 },
      { do: 'write', to: ['a0'] },
    ],
  },
  {
    name: 'ahead: close, reopen',
    steps: [{ do: 'write', to: ['a0', 'b0'] }, { do: 'reopen' }, { do: 'write', to: ['a0', 'b1'] }],
  },
  {
    name: 'ahead: failing calls',
    wal: { tailBytes: 200 },
    steps: [
      { do: 'write', to: ['a0', 'b0'] },
      { do: 'checkpoint' },
      { do: 'writes', to: [['b0'], ['b0', 'a1']] },
      { do: 'write', to: ['b0'] },
      { do: 'write', to: ['b0', 'a1'] },
    ],
  },
];
