import type { Mutation } from '@seglog/tools';

const LINE = 'wal/src/write-line.ts';
const PARTITION = 'wal/src/ahead-partition.ts';
const CONVOY = 'wal/src/convoy.ts';
const BEHIND = 'core/src/segment/write-behind-file.ts';
const PLACED = 'core/src/log/placed-writer.ts';

/** Bugs of the write-ahead log, and of an engine that has one. */
export const AHEAD_MUTATIONS: readonly Mutation[] = [
  {
    name: 'a write is acknowledged before it is durable',
    file: LINE,
    find: 'const payload = convoy.encode(this.#buffers);',
    replace:
      'const payload = convoy.encode(this.#buffers);\n    for (const write of convoy.writes) write.resolve();',
    by: 'ahead: append, multi-partition write',
  },
  {
    name: 'a record of the write-ahead log is acknowledged when it is written',
    file: 'wal/src/segmented-write-ahead-log.ts',
    find: "{ acknowledge: 'synced', expectedOffset: lsn + i }",
    replace: "{ acknowledge: 'written', expectedOffset: lsn + i }",
    by: 'slow calls',
  },
  {
    name: 'after a full disk nothing is taken any more',
    file: LINE,
    find: 'this.#refused.clear();\n    this.#failure = undefined;',
    replace: 'this.#refused.clear();',
    by: 'full disk',
  },
  {
    name: 'offsets of refused writes are not given again',
    file: PARTITION,
    find: 'this.#next = this.#port.facts().nextOffset;\n    this.#port.producers.rollbackTo(this.#next);',
    replace: 'this.#port.producers.rollbackTo(this.#next);',
    by: 'full disk',
  },
  {
    name: 'a checkpoint lets go without syncing the logs',
    file: 'wal/src/wal-checkpoints.ts',
    find: 'lacked.push(await partition.sync());',
    replace: 'lacked.push(partition.poisoned === undefined ? undefined : 0);',
    by: 'ahead: checkpoint',
  },
  {
    name: 'a checkpoint lets go of what a log lacks',
    file: 'wal/src/wal-checkpoints.ts',
    find: 'const end = Math.min(upTo, lacking ?? upTo);',
    replace: 'const end = lacking === -1 ? 0 : upTo;',
    by: 'full disk at a checkpoint',
  },
  {
    name: 'a close lets go of what a log lacks',
    file: 'wal/src/write-ahead.ts',
    find: 'const end = Math.min(durable, this.#lacking() ?? durable);',
    replace: 'const end = durable;',
    by: 'failing sync at a close',
  },
  {
    name: 'a replay applies what is there',
    file: PARTITION,
    find: ' || lastOffset < from) return',
    replace: ') return',
    by: 'model',
  },
  {
    name: 'a replay brings back what was truncated',
    file: PARTITION,
    find: 'epoch < this.#port.facts().cutEpoch || ',
    replace: '',
    by: 'ahead: truncation with records left',
  },
  {
    name: 'a replay forgets where a log ends',
    file: PARTITION,
    find: 'this.#next = lastOffset + 1;\n    this.#dirtyFrom',
    replace: 'this.#dirtyFrom',
    by: 'model',
  },
  {
    name: 'what a replay brought is not synced before it is let go',
    file: PARTITION,
    find: 'this.#dirtyFrom ??= lsn;\n    const written',
    replace: 'const written',
    by: 'model',
  },
  {
    name: 'a batch of a producer is not known before it is written',
    file: PARTITION,
    find: 'if (producer !== undefined) this.#port.producers.record(producer, { count, baseOffset, appendTimeMs });',
    replace: '',
    by: 'exam of logs',
  },
  {
    name: 'the last record of a write stays hidden',
    file: CONVOY,
    find: 'partition.publish(lastOffset);',
    replace: 'partition.publish(lastOffset - 1);',
    by: 'exam of logs',
  },
  {
    name: 'writes to several partitions are applied to the first one only',
    file: CONVOY,
    find: 'if (partition.isBroken(lsn)) continue;\n      const placing',
    replace: 'if (partition.isBroken(lsn) || part !== this.parts[0]) continue;\n      const placing',
    by: 'model',
  },
  {
    name: 'half a long record counts as a record',
    file: 'wal/src/wal-piece.ts',
    find: 'if (type === MIDDLE) return undefined;',
    replace: '',
    by: 'exam of write-ahead logs',
  },
  {
    name: 'a sync leaves behind what is in memory',
    file: BEHIND,
    find: 'await this.flush();\n    await this.#file.sync();',
    replace: 'await this.#file.sync();',
    by: 'model',
  },
  {
    name: 'what is in memory cannot be read',
    file: BEHIND,
    find: 'if (position + bytes <= flushedBytes) return',
    replace: 'if (position >= 0) return',
    by: 'exam of logs',
  },
  {
    name: 'a full disk loses what was in memory',
    file: BEHIND,
    find: "if (!SeglogError.is(cause, 'STORAGE_FULL')) this.#failure = cause;\n      throw cause;",
    replace: 'this.#onItsWay = undefined;\n      throw cause;',
    by: 'full disk for a while',
  },
  {
    name: 'placed frames claim to be stable',
    file: PLACED,
    find: 'encodeInto(frame, marks.synced, active, buffer)',
    replace: 'encodeInto(frame, frame.baseOffset, active, buffer)',
    by: 'ahead: rolls',
  },
  {
    name: 'a frame that does not fit does not roll its segment',
    file: PLACED,
    find: 'if (reason !== undefined) await this.#context.roll(reason);\n    else if',
    replace: 'if',
    by: 'exam of logs',
  },
];
