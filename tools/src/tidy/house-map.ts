/** Which of our packages the source of a package may import. Streets (examples, benchmarks, proof) may import everything. */
export const packageMap: Readonly<Record<string, readonly string[]>> = {
  core: [],
  'fs-pread': ['core'],
  'fs-mmap': ['core'],
  wal: ['core'],
  compaction: ['core'],
  consumer: ['core'],
  testing: ['core'],
  cli: ['core', 'fs-pread', 'fs-mmap', 'wal', 'compaction', 'consumer'],
  seglog: ['core', 'fs-pread', 'fs-mmap', 'wal', 'compaction', 'consumer', 'cli'],
};

const apart: readonly string[] = ['contract'];

/** Which rooms of `packages/core/src` a room may import, besides itself and (all but the contract) `commonFiles`. */
export const roomMap: Readonly<Record<string, readonly string[]>> = {
  contract: [],
  segment: ['contract'],
  log: ['contract', 'journal', 'producer', 'segment'],
  topic: ['contract', 'journal', 'log'],
  check: ['contract', 'journal', 'log', 'producer', 'segment'],
  codec: apart,
  index: apart,
  policy: apart,
  memory: apart,
  system: apart,
  serde: apart,
  producer: apart,
  journal: apart,
};

/** Files of `packages/core/src` that stand in no room. The composition files see every room; no room sees them. */
export const compositionFiles: readonly string[] = ['index.ts', 'inversify.ts', 'default-components.ts'];
export const commonFiles: readonly string[] = ['invariant.ts', 'view-of.ts', 'blank.ts'];
