import { type Report, verdictsOf } from './report.js';
import type { Verdict } from './verdict.js';

const BATCH =
  'Copying keys and values into the frame is a quarter, the write a fifth, the first look at records that lie all over the memory a sixth; the checksum is less than a tenth. The syncs that go on beside take the memory and the medium. A peer without a checksum that leaves everything in the cache of the system waits for none of it.';
const LARGE =
  "Two thirds of the time the thread waits for writes: every byte is synced beside the appends, and after two segments they go at the pace of the medium; the peers leave theirs in the cache of the system. Of the rest the checksum takes most, and the copy into the frame. To write values from the caller's buffers would save that copy, and let a caller who changes them too early damage the log.";
const SINGLE =
  'One append costs 4.4 us on a machine that does nothing else, 6 to 8 in this run, of which a third is the write call; its promise, queue and frame (header, three checksums, index and marks) are the rest, none of them more than a twentieth. NDJSON makes the same call and keeps no frame.';
const MANY =
  'A promise, a request and a look at the record for each append are 0.7 us, the copy into the frame and the producers themselves the rest; the write is shared, and an eighth. The limits in C have neither promises nor producers.';
const THREAD =
  'A sync goes through a thread of the pool and back: 30 to 60 us beside the 100 us of the sync itself. `blockingSyncs` saves that way, and stops the event loop meanwhile.';
const PRODUCERS =
  'The processor decides, not the sync: 64 and more appends share one, and each costs a promise, a request and its share of a frame. The limits in C have neither.';
const UNVERIFIED =
  'The best peer, async-append-only-log, verifies nothing: it lends views of its blocks. Every frame here is read and its checksum computed, at the pace of memory.';
const OBJECTS =
  'Two views, an object and a copy for each record are 100 ns, and a sixth of the time is the collection of what they leave; the checksum and the read are 40 ns. The peer makes the same objects and has no checksum to compute.';
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
  'durable.single seglog to peer':
    '0.81 to 0.98 in the rounds of this run, reached in the one before: a sync goes through a thread of the pool and back, and NDJSON syncs on its own thread, as `blockingSyncs` does, which reaches its target.',
  'durable.single seglog to raw': THREAD,
  'durable.single16 to raw': THREAD,
  'durable.single64 seglog to peer':
    '1.22 to 1.65 in the rounds of this run: the medium has nothing to do until all 64 have appended again. Half of them answered first would overlap that, and loses a third, because a write waits for the page that is being synced.',
  'durable.single64 to raw': PRODUCERS,
  'durable.single256 seglog blocking to peer': PRODUCERS,
  'durable.single256 seglog to peer': PRODUCERS,
  'durable.single256 to raw': PRODUCERS,
  'latency.tail p50 to peer':
    'An append and the read of the follower that it wakes, each with its turns through promises, are 12.7 us; LMDB writes and reads within one call each. What was appended comes from memory; the walk through promises and the reader of a frame are the larger part.',
  'latency.tail p99 to peer':
    'Collections of garbage, and the syncs that go on beside: the rarest waits are theirs.',
  'scan.lent to peer': UNVERIFIED,
  'scan.lent to raw':
    '0.48 for a half: the checksum takes 56 % of the time, by a native call for each frame of 116 KB at 4 GB/s, where the one in C runs at twice that.',
  'scan.objects to peer': OBJECTS,
  'scan.objects to raw': OBJECTS,
  'read.random to peer':
    'A promise, the search for the frame and the decoding of up to four records for each read; LMDB lends without a promise, and touches one byte of what it lends.',
  'read.random to raw':
    'A promise, the search for the frame and the decoding of up to four records for each read.',
  'read.random1KiB to peer': LENT,
  'read.random16KiB to peer': LENT,
  'open.cleanGiB to peer':
    'Opening takes the lock, writes and syncs the session three times so that no damaged slot brings an older epoch back, and reads six small files, each through the thread pool.',
  'loop.reads p999':
    '6.2 ms in a run of its own; 7.8, 11.2 and 54 ms in the rounds of this one, where the file had partly left the cache of the system and the thread waited for the medium. A read at random of a store of large batches reads and verifies a whole frame at its first two visits, and several of them pass between two turns of the event loop.',
  'growth.records appendNs':
    '187 to 254 ns up to ten million records, and 504 after a hundred million: 11 GiB were written a moment before, and nearly nine tenths of the time is the write call, which the system holds back until its unwritten pages are fewer.',
  'growth.records readNs':
    'Up to a hundred thousand records are read from memory. Of ten million a read takes 2 KB from the file and verifies them: 6 us, of which the system call is half. Of a hundred million the tables do not fit the cache of frames (64 MiB), and many reads verify a whole frame.',
  'growth.records cleanMs':
    'What an opening costs are the syncs of its session and some small reads, whatever the size: 5.8 to 7.7 ms, and 11.7 once, when the medium was still busy with the 11 GiB that had been written.',
  'growth.partitions readNs':
    'Beyond the bound of 512 descriptors the file of a log is opened again (open, fstat, close and read are a fifth), and nothing of a log is in the caches of the processor when its turn comes.',
  'recovery.GiB':
    'Up to 128 MiB are read and verified at 3.5 GB/s; then up to 8 MiB that nothing proves to be on the medium are written once more and synced: half of the time the thread waits for that, as long as the medium likes.',
  'recovery.unsealed':
    'The checksum takes 59 % of the time and the read from the cache of the system 29 %; to read ahead on another thread does not help, because the bytes come back from a cache of the processor that is further away.',
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
