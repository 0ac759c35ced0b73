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
const LENT =
  'Lent without a copy, a record is still verified each time that its part is taken from the file, and a promise and the search for its frame are 1 us. LMDB lends a page of its map, without a promise, and verifies nothing. A copy that the caller owns costs as much again.';

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
    'A promise, the search for the frame and the decoding of up to four records for each read; LMDB lends without a promise, and touches one byte of what it lends.',
  'read.random to raw':
    'A promise, the search for the frame and the decoding of up to four records for each read.',
  'read.random1KiB to peer': LENT,
  'read.random16KiB to peer': LENT,
  memory:
    'A fifth of a MiB. Node itself takes 62 of them; the rest are the groups that are encoded and written, and code.',
  'compaction p999':
    'Collections of garbage of 5 to 10 ms: the map of offsets and the segments that are read are large, and stay while the pass lasts.',
  'open.cleanGiB to peer':
    'Opening takes the lock, writes and syncs the session three times so that no damaged slot brings an older epoch back, and reads six small files, each through the thread pool.',
  'loop.reads p999':
    'One read at random of a store of large batches reads and verifies a frame of a MiB, and several of them pass between two turns of the event loop.',
  'growth.records readNs':
    'Up to a hundred thousand records are read from memory. Of ten million a read takes 2 KB from the file and verifies them: 8 us, of which the system call is 3 to 4.',
  'growth.records cleanMs':
    'What an opening costs are the syncs of its session, whatever the size: the smallest store took 14.6 ms in the same run, the one in the middle 8.6.',
  'growth.partitions appendNs':
    'A batch of a hundred takes 35 to 63 us while there are up to a thousand partitions, and 80 where ten thousand take turns; 35 to 55 in another run of it alone, which reaches the target: cold caches, and the spread of the machine.',
  'growth.partitions readNs':
    'Taken while each log took 8 KiB of its own for copies of records; since all of them share it, a read at ten thousand partitions costs 25 us instead of 178. Beyond the bound of 512 descriptors its file is opened again, and nothing of a log is in the caches of the processor when its turn comes.',
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
