import { crc32c, readStoredManifest, type StorageDirectory } from '@seglog/core';
import { storeLogs } from '../../src/place/store-logs.js';

/** What a store has that a plain one has not. */
export type Trait = 'write-ahead log' | 'compacted' | 'holes' | 'trimmed' | 'producers';

export const TRAITS: readonly Trait[] = ['write-ahead log', 'compacted', 'holes', 'trimmed', 'producers'];

export async function traitsOf(directory: StorageDirectory): Promise<ReadonlySet<Trait>> {
  const traits = new Set<Trait>();
  const place = { path: '', kind: 'root', directory, close: async () => undefined } as const;
  for (const log of await storeLogs(place)) {
    if (log.name === 'wal') traits.add('write-ahead log');
    const manifest = log.directory && (await readStoredManifest(log.directory, crc32c())).value;
    if (manifest === undefined || log.topic === undefined) continue;
    if (manifest.segments.some(({ cleaned }) => cleaned !== undefined)) traits.add('compacted');
    if (manifest.producers) traits.add('producers');
    if (manifest.logStart > 0) traits.add('trimmed');
    const holes = manifest.segments.some(
      ({ facts }) => facts.sealed && facts.recordCount < facts.nextOffset - facts.baseOffset,
    );
    if (holes) traits.add('holes');
  }
  return traits;
}
