import { join } from 'node:path';
import { SimulatedDisk } from '@seglog/testing';
import { simulatedDiskModule } from '@seglog/testing/inversify';
import {
  codecModule,
  crcFrameCodec,
  groupCommitModule,
  INDEX_STORE,
  memoryModule,
  mmapModule,
  noIndex,
  type OpenEngineOptions,
  partModule,
  preadModule,
  syncModule,
} from 'seglog';

export interface Backend {
  readonly modules: OpenEngineOptions['modules'];
  /** A simulated disk runs the program itself, because it decides when time passes and when the process dies. */
  readonly disk?: SimulatedDisk;
}

const HOUR_MS = 3_600_000;

/** What production uses, and everything that a test puts in its place: one line each, because the last module wins. */
export function backends(directory: string): Readonly<Record<string, Backend>> {
  const production = [preadModule(join(directory, 'production')), mmapModule(), syncModule('always')];
  const [disk, patient] = [new SimulatedDisk({ seed: 7 }), new SimulatedDisk({ seed: 8 })];
  return {
    production: { modules: production },
    'no memory maps': { modules: [preadModule(join(directory, 'pread'))] },
    'a disk in memory': { modules: [...production, memoryModule()] },
    'no sync': { modules: [...production, memoryModule(), syncModule('never')] },
    'no index': { modules: [...production, memoryModule(), partModule(INDEX_STORE, noIndex())] },
    'another codec': { modules: [...production, memoryModule(), codecModule(crcFrameCodec())] },
    'a simulated disk': { modules: [...production, simulatedDiskModule(disk)], disk },
    'an hour of virtual time': {
      modules: [...production, simulatedDiskModule(patient), groupCommitModule({ maxDelayMs: HOUR_MS })],
      disk: patient,
    },
  };
}
