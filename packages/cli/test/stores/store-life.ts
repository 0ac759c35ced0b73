import type { RecordInput } from '@seglog/core';
import { recordArbitrary } from '@seglog/testing';
import * as fc from 'fast-check';

export interface Where {
  readonly topic: number;
  readonly partition: number;
}

/** A step that changes one partition. */
export type LogStep = Where &
  (
    | { readonly do: 'append'; readonly batches: readonly (readonly RecordInput[])[] }
    | { readonly do: 'produce'; readonly count: number }
    | { readonly do: 'roll' }
    | { readonly do: 'rewrite'; readonly keep: number }
    | { readonly do: 'delete-before'; readonly share: number }
    | { readonly do: 'truncate'; readonly share: number }
  );

/** One step in the life of a store. */
export type StoreStep =
  | LogStep
  | { readonly do: 'grow'; readonly topic: number }
  | { readonly do: 'drop'; readonly topic: number }
  /** Another way of cleaning, from now on. */
  | { readonly do: 'configure'; readonly topic: number; readonly retentionRecords: number }
  /** A pass over all that is sealed: the latest record of each key stays. */
  | { readonly do: 'compact'; readonly topic: number }
  /** Records of several partitions become visible together; one after the other where there is no write-ahead log. */
  | { readonly do: 'write'; readonly places: readonly Where[]; readonly records: readonly RecordInput[] }
  /** From here on there is a write-ahead log. */
  | { readonly do: 'ahead' }
  | { readonly do: 'sync' }
  | { readonly do: 'reopen' }
  | { readonly do: 'kill' };

export const TOPICS = ['flights', 'Orders_2', 'a-topic.with-dots'] as const;

/** Records as people write them, and some that nobody would. */
export const RECORDS: readonly RecordInput[] = fc.sample(recordArbitrary({ maxBytes: 200 }), {
  numRuns: 80,
  seed: 11,
});

export function storeLife(steps = 12): fc.Arbitrary<readonly StoreStep[]> {
  const place = { topic: fc.nat(TOPICS.length - 1), partition: fc.nat(1) };
  const batch = fc.array(fc.constantFrom(...RECORDS), { minLength: 1, maxLength: 6 });
  const batches = fc.array(batch, { minLength: 1, maxLength: 6 });
  const places = fc.array(fc.record(place), { minLength: 1, maxLength: 3 });
  const share = fc.nat(100);
  const keep = fc.integer({ min: 1, max: 4 });
  const weighted: readonly (readonly [number, fc.Arbitrary<StoreStep>])[] = [
    [6, fc.record({ do: fc.constant('append' as const), ...place, batches })],
    [1, fc.record({ do: fc.constant('produce' as const), ...place, count: keep })],
    [2, fc.record({ do: fc.constant('roll' as const), ...place })],
    [1, fc.record({ do: fc.constant('rewrite' as const), ...place, keep })],
    [1, fc.record({ do: fc.constant('delete-before' as const), ...place, share })],
    [1, fc.record({ do: fc.constant('truncate' as const), ...place, share })],
    [1, fc.record({ do: fc.constantFrom('grow' as const, 'drop' as const), topic: place.topic })],
    [2, fc.record({ do: fc.constant('compact' as const), topic: place.topic })],
    [1, fc.record({ do: fc.constant('configure' as const), topic: place.topic, retentionRecords: share })],
    [2, fc.record({ do: fc.constant('write' as const), places, records: batch })],
    [1, fc.record({ do: fc.constant('ahead' as const) })],
    [2, fc.record({ do: fc.constantFrom('sync' as const, 'reopen' as const, 'kill' as const) })],
  ];
  const step = fc.oneof(...weighted.map(([weight, arbitrary]) => ({ weight, arbitrary })));
  return fc.array(step, { minLength: 1, maxLength: steps });
}
