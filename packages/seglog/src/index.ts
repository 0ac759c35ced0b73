export * from '@seglog/compaction';
export {
  CLEANUP_OPTIONS,
  COMPACTION_STRATEGY,
  type CompactionModuleOptions,
  compactionModule,
  OFFSET_MAP,
} from '@seglog/compaction/inversify';
export * from '@seglog/consumer';
export * from '@seglog/core';
export * from '@seglog/core/inversify';
export * from '@seglog/fs-mmap';
export { mmapModule } from '@seglog/fs-mmap/inversify';
export * from '@seglog/fs-pread';
export { preadModule } from '@seglog/fs-pread/inversify';
export * from '@seglog/wal';
export { walModule } from '@seglog/wal/inversify';
export { ContainerModule } from 'inversify';
export { Engine, type EngineStats } from './engine.js';
export type { EngineSettings } from './engine-settings.js';
export type { TopicWrite, WriteOptions } from './engine-write.js';
export { type OpenEngineOptions, openEngine } from './open-engine.js';
export { Producer, type ProducerAppendOptions, type ProducerOptions } from './producer.js';
export { Transaction, type TransactionAppendOptions, type TransactionOptions } from './transaction.js';
