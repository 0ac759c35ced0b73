export { holdsLog } from './check/check-log.js';
export type { KnownFormats } from './check/check-segment.js';
export { type CheckStoreOptions, checkStore } from './check/check-store.js';
export type { InvariantId, Severity, StoreCounts, StoreFinding, StoreReport } from './check/finding.js';
export {
  directoryOfTopic,
  foldCatalog,
  type StoredCatalog,
  type StoredTopic,
} from './check/stored-catalog.js';
export {
  openStoredSegment,
  type StoredPiece,
  type StoredSegmentFile,
  walkStoredFrames,
} from './check/stored-frames.js';
export { readIndex, type StoredIndex, type StoredIndexEntry } from './check/stored-index.js';
export { type JournalPiece, readJournalFrames, type StoredJournal } from './check/stored-journal-frames.js';
export { type Readable, readStoredCatalog, readStoredManifest } from './check/stored-log.js';
export type { StoredManifest, StoredSegment } from './check/stored-manifest.js';
export { type FooterFacts, readFooter, readHeader, type StoredHeader } from './check/stored-segment.js';
export { batchFrameCodec } from './codec/batch-frame-codec.js';
export { checksumAcceleration, crc32, crc32c } from './codec/checksums.js';
export { crcFrameCodec } from './codec/crc-frame-codec.js';
export type { NativeChecksum } from './codec/native-checksum.js';
export * from './contract/checksum.js';
export * from './contract/clock.js';
export * from './contract/error.js';
export * from './contract/frame-codec.js';
export * from './contract/index-store.js';
export * from './contract/log-maintenance.js';
export * from './contract/log-observer.js';
export * from './contract/mappable.js';
export * from './contract/partition-log.js';
export * from './contract/random-source.js';
export * from './contract/record.js';
export * from './contract/recovery-report.js';
export * from './contract/retention-policy.js';
export * from './contract/segment-facts.js';
export * from './contract/segment-reader.js';
export * from './contract/serde.js';
export * from './contract/shape.js';
export * from './contract/storage-directory.js';
export * from './contract/storage-name.js';
export * from './contract/sync-policy.js';
export * from './contract/write-ahead-log.js';
export { defaultComponents, knownFormats } from './default-components.js';
export * from './index/file-index-store.js';
export * from './index/memory-index-store.js';
export * from './index/no-index-store.js';
export { DEFAULT_MAX_ENTRIES } from './index/sparse-index.js';
export * from './invariant.js';
export * from './journal/journal.js';
export type { JournalOptions, OpenJournalOptions } from './journal/journal-options.js';
export * from './journal/json-value.js';
export { restoreCurrent } from './journal/restore-current.js';
export * from './journal/slot-file.js';
export type * from './log/ahead-of-log.js';
export type { RecordsMeasure } from './log/append-request.js';
export { Breath } from './log/breath.js';
export { type DoomedPaths, pathsToRemove } from './log/doomed-directory.js';
export { FrameCache } from './log/frame-cache.js';
export { Log, type LogOpenOptions } from './log/log.js';
export type { LogComponents } from './log/log-components.js';
export { type LogSettings, logSettings } from './log/log-settings.js';
export { makeIndexStore, makeSyncPolicy } from './log/made-parts.js';
export { ReadOnlyDirectory } from './log/read-only-directory.js';
export { type RestoredLog, restoreLog } from './log/restore-log.js';
export * from './log/session.js';
export { soon } from './log/soon.js';
export * from './memory/memory-directory.js';
export * from './policy/retention-policies.js';
export * from './policy/size-text.js';
export * from './policy/sync-policies.js';
export * from './policy/sync-policy-text.js';
export { CACHED_BATCHES, type ProducerBatch, type ProducerVerdict } from './producer/producer-entry.js';
export {
  type ProducerSnapshot,
  type ProducerSnapshotEntry,
  readProducerSnapshot,
} from './producer/producer-snapshot.js';
export * from './producer/producer-stamp.js';
export * from './producer/producer-state.js';
export { BufferPool } from './segment/buffer-pool.js';
export { segmentFileName } from './segment/segment-name.js';
export { WriteBehindMemory } from './segment/write-behind-memory.js';
export { bytes } from './serde/bytes-serde.js';
export { cbor } from './serde/cbor-serde.js';
export { json } from './serde/json-serde.js';
export { string } from './serde/string-serde.js';
export * from './system/combined-observer.js';
export * from './system/diagnostics-observer.js';
export * from './system/system-clock.js';
export * from './system/system-random.js';
export * from './topic/cleanup-settings.js';
export * from './topic/log-partitions.js';
export { makePartitioner } from './topic/make-partitioner.js';
export * from './topic/murmur2.js';
export { type CatalogReadingParts, checkCatalog } from './topic/open-catalog.js';
export * from './topic/partitioner.js';
export * from './topic/partitioners.js';
export { type PlacedGroup, Topic } from './topic/topic.js';
export type { CleanupPolicy, TopicConfig, TopicEntry } from './topic/topic-catalog-state.js';
export type { TopicChanges } from './topic/topic-changes.js';
export * from './topic/topic-facts.js';
export * from './topic/topic-manager.js';
export * from './topic/topic-name.js';
export type { SerdeOptions, TopicOptions } from './topic/topic-options.js';
export type {
  KnownFormat,
  OpenPartition,
  PartitionContext,
  TopicParts,
  TopicSettings,
} from './topic/topic-parts.js';
export { DEFAULT_TOPIC_SETTINGS, topicSettings } from './topic/topic-parts.js';
export type {
  TopicAppendResult,
  TopicReadResult,
  TopicRecord,
  TypedRecord,
} from './topic/topic-record.js';
