import type { AppendShape } from './append.js';

const BATCH = { records: 1000, producers: 1, appends: 2, durable: false } as const;
const single = (producers: number): Pick<AppendShape, 'records' | 'producers' | 'appends' | 'durable'> => ({
  records: 1,
  producers,
  appends: 2,
  durable: true,
});

/** Every way to append that is measured against the peers. */
export const appends: readonly AppendShape[] = [
  {
    ...BATCH,
    id: 'append.batch',
    title: 'append batches of 1000, not synced, each awaited',
    targets: [
      { to: 'peer', atLeast: 5 },
      { to: 'raw', atLeast: 0.7 },
    ],
  },
  {
    ...BATCH,
    id: 'append.pipelined',
    title: 'append batches of 1000, not synced, 8 in flight',
    producers: 8,
  },
  {
    ...BATCH,
    id: 'append.batch1KiB',
    title: 'append batches of 1000 with values of 1 KiB, not synced',
    valueBytes: 1024,
    appends: 1,
    targets: [
      { to: 'peer', atLeast: 2.5 },
      { to: 'raw', atLeast: 0.8 },
    ],
  },
  {
    ...BATCH,
    id: 'append.batch16KiB',
    title: 'append batches of 1000 with values of 16 KiB, not synced',
    valueBytes: 16_384,
    appends: 1,
    targets: [
      { to: 'peer', atLeast: 1.1 },
      { to: 'raw', atLeast: 0.8 },
    ],
  },
  {
    ...single(1),
    id: 'append.single',
    title: 'append one record at a time, not synced',
    appends: 64,
    durable: false,
    targets: [
      { to: 'peer', atLeast: 3.5 },
      { to: 'raw', atLeast: 0.3 },
    ],
  },
  {
    ...single(64),
    id: 'append.single64',
    title: 'append one record at a time, not synced, 64 producers',
    appends: 16,
    durable: false,
    targets: [
      { to: 'peer', atLeast: 3 },
      { to: 'raw', atLeast: 0.3 },
    ],
  },
  {
    ...BATCH,
    id: 'durable.batch',
    title: 'append batches of 1000, durable, each awaited',
    appends: 1,
    durable: true,
    targets: [
      { to: 'peer', atLeast: 2 },
      { to: 'raw', atLeast: 0.4 },
    ],
  },
  {
    ...single(1),
    id: 'durable.single',
    title: 'append one record at a time, durable',
    targets: [
      { row: 'seglog blocking', to: 'peer', atLeast: 1.1 },
      { row: 'seglog blocking', to: 'raw', atLeast: 0.9 },
      { row: 'seglog', to: 'peer', atLeast: 0.9 },
      { row: 'seglog', to: 'raw', atLeast: 0.75 },
    ],
  },
  ...[
    { producers: 16, blocking: 1.5, toRaw: 0.9 },
    { producers: 64, blocking: 1.6, toRaw: 0.7 },
    { producers: 256, blocking: 1.9, toRaw: 0.4 },
  ].map(
    ({ producers, blocking, toRaw }): AppendShape => ({
      ...single(producers),
      id: `durable.single${producers}`,
      title: `append one record at a time, durable, ${producers} producers`,
      targets: [
        { row: 'seglog blocking', to: 'peer', atLeast: blocking },
        { row: 'seglog', to: 'peer', atLeast: 1.3 },
        { to: 'raw', atLeast: toRaw },
      ],
    }),
  ),
];
