export type { InvariantId } from '@seglog/core';
export * from './crash/crash-study.js';
export { formatCrashReports } from './crash/crash-tally.js';
export { enumerateCrashes } from './crash/enumerate-crashes.js';
export * from './crash/enumerate-faults.js';
export { type FaultCell, faultCells } from './crash/fault-cells.js';
export * from './crash/flip-bits.js';
export * from './crash/omit-syncs.js';
export { Oracle } from './crash/oracle.js';
export { replayCrash } from './crash/replay-crash.js';
export * from './crash/unless-refused.js';
export * from './crash/walk-crashes.js';
export { NondeterminismError } from './crash/workload-recording.js';
export type { CrewCrashOptions, CrewFaultOptions, CrewWalkOptions } from './crew/crew-protocol.js';
export { serveStudies } from './crew/serve-studies.js';
export { type CrewCallOptions, StudyCrew, type StudyCrewOptions } from './crew/study-crew.js';
export * from './expectation.js';
export * from './faults/call-faults.js';
export { FaultyDirectory } from './faults/faulty-directory.js';
export { type FrameCodecSupports, frameCodecConformance } from './frame-codec-conformance.js';
export * from './index-store-conformance.js';
export type {
  CreateIndexStore,
  IndexStoreFixture,
  IndexStoreSupports,
} from './index-store-fixture.js';
export * from './invariants/check-invariants.js';
export type { LogOnDisk, OpenLogOnDisk } from './log/log-crash-study.js';
export type {
  CreatePartitionLog,
  LogWishes,
  PartitionLogFixture,
  PartitionLogSupports,
} from './log/log-fixture.js';
export { copyDirectory } from './model/copy-directory.js';
export { type EngineCommand, engineCommands } from './model/engine-commands.js';
export { type CursorPlace, EngineModel, type EngineUnderTest } from './model/engine-model.js';
export { type LogCommand, logCommands } from './model/log-commands.js';
export { LogModel, type ModelRecord } from './model/log-model.js';
export * from './model/log-rig.js';
export { type LogMakings, LogWorkbench } from './model/log-workbench.js';
export { type SimulatedNodeFs, simulatedNodeFs } from './node-fs/simulated-node-fs.js';
export * from './partition-log-conformance.js';
export * from './partition-log-crash-conformance.js';
export * from './record-arbitraries.js';
export * from './segment-reader-conformance.js';
export * from './simulated/crash-schedule.js';
export * from './simulated/damage.js';
export * from './simulated/disk-snapshot.js';
export * from './simulated/fate.js';
export * from './simulated/fault-arbitrary.js';
export * from './simulated/faults.js';
export type { CrashMoment } from './simulated/kernel.js';
export * from './simulated/profiles.js';
export * from './simulated/run-to-end.js';
export * from './simulated/seeded-random.js';
export {
  type FoundDisk,
  SimulatedDisk,
  type SimulatedDiskOptions,
  type Survivor,
  survivorOf,
  survivorsOf,
} from './simulated/simulated-disk.js';
export * from './simulated/storage-program.js';
export * from './simulated/trace.js';
export * from './simulated/virtual-clock.js';
export * from './storage-directory-conformance.js';
export * from './storage-fixture.js';
export * from './store-image.js';
export * from './suite-runner.js';
export * from './sync-policy-conformance.js';
export * from './write-ahead-log-conformance.js';
