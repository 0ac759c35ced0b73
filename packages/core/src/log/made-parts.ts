import type { IndexStore, IndexStoreFactory } from '../contract/index-store.js';
import { type FactoryShape, makePart, wrongPart } from '../contract/shape.js';
import type { StorageDirectory } from '../contract/storage-directory.js';
import type { SyncPolicy, SyncPolicyFactory } from '../contract/sync-policy.js';

/** What the factory of an index store is, and what it must return. */
export const INDEX_STORE_SHAPE: FactoryShape = {
  part: 'index store',
  is: 'a factory, as memoryIndex() returns',
  makes: { methods: ['open', 'remove'] },
};
/** What the factory of a sync policy is, and what it must return. */
export const SYNC_POLICY_SHAPE: FactoryShape = {
  part: 'sync policy',
  is: 'a factory, as groupCommit({ maxDelayMs: 2 }) returns',
  makes: { methods: ['decide'] },
};

/** The index store of one log. `COMPOSITION` unless it is one. */
export function makeIndexStore(factory: IndexStoreFactory, directory: StorageDirectory): IndexStore {
  return makePart(INDEX_STORE_SHAPE, factory, directory);
}

/**
 * The sync policy of one log. `COMPOSITION` unless it is one: a policy that acknowledges what nobody knows would have
 * appends acknowledged without a sync.
 */
export function makeSyncPolicy(factory: SyncPolicyFactory): SyncPolicy {
  const { part } = SYNC_POLICY_SHAPE;
  const policy = makePart(SYNC_POLICY_SHAPE, factory);
  const { name, acknowledge }: { readonly name: unknown; readonly acknowledge: unknown } = policy;
  if (typeof name !== 'string') {
    throw wrongPart(part, 'an object with a name, which is a string', { given: typeof name });
  }
  if (acknowledge !== 'written' && acknowledge !== 'synced') {
    const is = "to acknowledge 'written' or 'synced'";
    throw wrongPart(part, is, { name, acknowledge: String(acknowledge) });
  }
  return policy;
}
