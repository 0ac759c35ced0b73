import { type Report, verdictsOf } from './report.js';
import type { Verdict } from './verdict.js';

const BATCH =
  'The profile is flat: copying keys and values into the frame, measuring them, the checksum and the write each take a tenth to a fifth, and the syncs that go on beside take the memory and the medium. A peer without a checksum that leaves everything in the cache of the system waits for none of it.';
const LARGE =
  "Values are copied once into the frame, which a write from the caller's buffers would save, and every byte is synced beside the appends: the peers leave theirs in the cache of the system.";
const SINGLE =
  'One append costs 5 us, of which the write call is 1.5 and its promise, queue and frame (header, three checksums, index and marks) the rest; the profile is flat. NDJSON makes the same call and keeps no frame.';
const MANY =
  'A promise, a request and a look at the record for each append are 0.7 us; the write is shared. The limits in C have neither promises nor producers.';
const THREAD =
  'A sync goes through a thread of the pool and back: 30 to 60 us beside the 100 us of the sync itself. `blockingSyncs` saves that way, and stops the event loop meanwhile.';
const PRODUCERS =
  'The processor decides, not the sync: 64 and more appends share one, and each costs a promise, a request and its share of a frame. The limits in C have neither.';
const UNVERIFIED =
  'The best peer, async-append-only-log, verifies nothing: it lends views of its blocks. Every frame here is read and its checksum computed, at the pace of memory.';
const OBJECTS =
  'Two views, an object and a copy for each record are 100 ns, the checksum and the read 40: the peer makes the same objects and has no checksum to compute.';
const OWNED =
  'Each read copies its record into memory of its own, which the collector has to take back, and verifies what was not in memory. LMDB lends a page of its map and verifies nothing.';

/**
 * Why a target is not reached, by the id of its verdict: what the profile shows, and what it would cost to get there. A
 * report is recorded only if each missed target has its reason here, and no target that is reached has one.
 */
export const shortfalls: Readonly<Record<string, string>> = {
  'append.batch to peer': BATCH,
  'append.batch to raw': BATCH,
  'append.batch1KiB to peer': LARGE,
  'append.batch1KiB to raw': LARGE,
  'append.batch16KiB to peer': LARGE,
  'append.batch16KiB to raw': LARGE,
  'append.single to peer': SINGLE,
  'append.single to raw': SINGLE,
  'append.single64 to peer': MANY,
  'append.single64 to raw': MANY,
  'durable.batch to peer':
    'A quarter of the time is encoding, which cannot overlap with the sync of a batch that is awaited; a growing file makes every sync write metadata as well.',
  'durable.batch to raw':
    'A quarter of the time is encoding, which cannot overlap with the sync of a batch that is awaited.',
  'durable.single seglog blocking to raw': 'Encoding and the promises of one append are the rest, 15 us.',
  'durable.single seglog to raw': THREAD,
  'durable.single seglog to peer': THREAD,
  'durable.single16 seglog to peer': THREAD,
  'durable.single16 to raw': THREAD,
  'durable.single64 to raw': PRODUCERS,
  'durable.single256 seglog blocking to peer': PRODUCERS,
  'durable.single256 seglog to peer': PRODUCERS,
  'durable.single256 to raw': PRODUCERS,
  'latency.tail p50 to peer':
    'An append, and the read of the follower that it wakes, each take their way through promises: 5 and 6 us, and the turns between them. LMDB writes and reads within one call each.',
  'latency.tail p99 to peer':
    'Collections of garbage, and the syncs that go on beside: the rarest waits are theirs.',
  'scan.lent to peer': UNVERIFIED,
  'scan.objects to peer': OBJECTS,
  'scan.objects to raw': OBJECTS,
  'read.random to peer':
    'A promise, an object, two views and a copy of the record for each read; LMDB lends, and touches one byte of what it lends.',
  'read.random to raw': 'A promise, an object, two views and a copy of the record for each read.',
  'read.random1KiB to peer': OWNED,
  'read.random16KiB to peer': OWNED,
  'partitions.durable seglog wal to seglog':
    '64 producers share each sync of the write-ahead log; the rest is the processor: 5 us for the carried write, the frame in its partition and the promise of each append. One sync for each partition became faster, too, since it takes short buffers.',
  'compaction p999':
    'Collections of garbage of 5 to 10 ms: the map of offsets and the segments that are read are large, and stay while the pass lasts.',
  'open.cleanGiB to peer':
    'Opening takes the lock, writes and syncs the session three times so that no damaged slot brings an older epoch back, and reads six small files, each through the thread pool.',
  'loop.reads p999':
    'One read at random of a store of large batches reads and verifies a frame of a MiB, and several of them pass between two turns of the event loop.',
  'growth.records readNs':
    'Taken while a table took 32 bytes for each record, which is too much for ten million: most reads read and verified a frame of 116 KB. Tables take 2 bytes since, and such a read 5 us, of which the system call for its 2 KB is 3; a store of a MB is read from memory.',
  'growth.partitions appendNs':
    'Taken while each call looked through all files that keep their descriptors, unsynced as they are: appends are flat since it does not.',
  'growth.partitions readNs':
    'Taken while each call looked through all files that keep their descriptors, unsynced as they are. Since it does not, a read costs the opening of its file beyond the bound of 512 descriptors.',
  'recovery.GiB':
    'Up to 128 MiB are read and verified at 3.5 GB/s; then up to 8 MiB that nothing proves to be on the medium are written once more and synced, which takes as long as the medium likes.',
  'recovery.unsealed':
    'The scan runs at 3.5 GB/s, at the pace of the copy and of the checksum; to read ahead on another thread does not help, because the bytes come back from a cache that is further away. In a short store the 8 MiB that are written once more and synced weigh as much.',
};

/** Sentences about reasons that are missing, or that nobody needs any more. */
export function shortfallProblems(
  report: Pick<Report, 'workloads' | 'growth'>,
  reasons: Readonly<Record<string, string>> = shortfalls,
): readonly string[] {
  const missed = missedOf(verdictsOf(report));
  const unexplained = missed.filter(({ id }) => reasons[id] === undefined);
  const explained = Object.keys(reasons).filter((id) => !missed.some((verdict) => verdict.id === id));
  return [
    ...unexplained.map(
      ({ id, wanted, found }) => `${id} is missed without a reason: ${found}, not ${wanted}`,
    ),
    ...explained.map((id) => `${id} has a reason, and is not missed`),
  ];
}

export function missedOf(verdicts: readonly Verdict[]): readonly Verdict[] {
  return verdicts.filter(({ reached }) => !reached);
}
