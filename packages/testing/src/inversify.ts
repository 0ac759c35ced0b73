import { CLOCK, diskModule, RANDOM } from '@seglog/core/inversify';
import { ContainerModule } from 'inversify';
import { SimulatedDisk, type SimulatedDiskOptions } from './simulated/simulated-disk.js';

/**
 * An engine on a simulated disk, under its clock and its chance: `simulatedDiskModule({ seed: 7 })`. Hand over a disk of
 * your own to crash it, and run the program by `disk.run`, or nothing that waits for time goes on.
 */
export function simulatedDiskModule(disk: SimulatedDisk | SimulatedDiskOptions): ContainerModule {
  const simulated = disk instanceof SimulatedDisk ? disk : new SimulatedDisk(disk);
  return new ContainerModule(async (options) => {
    await diskModule(() => simulated.root).load(options);
    options.bind(CLOCK).toConstantValue(simulated.clock);
    options.bind(RANDOM).toConstantValue(simulated.random);
  });
}
