import type { SimulatedDisk } from '@seglog/testing';
import { CLOCK, diskModule, type OpenEngineOptions, partModule, RANDOM } from 'seglog';

export type Modules = OpenEngineOptions['modules'];

/** Disk, time and chance of the simulation: with one seed, every run is the same run. */
export function simulatedDisk(disk: SimulatedDisk): Modules {
  return [diskModule(() => disk.root), partModule(CLOCK, disk.clock), partModule(RANDOM, disk.random)];
}
