import { segmentReaderConformance, storageDirectoryConformance } from '@seglog/testing';
import { describe, test } from 'vitest';
import { createRoot } from './temporary-root.js';

storageDirectoryConformance({ describe, test }, 'pread', createRoot);
segmentReaderConformance({ describe, test }, 'pread', createRoot);
storageDirectoryConformance({ describe, test }, 'pread with one descriptor', () =>
  createRoot({ maxOpenFiles: 1, syncReadBytes: 0, syncWriteBytes: 0 }),
);
segmentReaderConformance({ describe, test }, 'pread with one descriptor', () =>
  createRoot({ maxOpenFiles: 1 }),
);
segmentReaderConformance({ describe, test }, 'pread on other threads', () =>
  createRoot({ syncReadBytes: 0 }),
);
