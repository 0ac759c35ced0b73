import type { Mutation } from '@seglog/tools';

const BATCH = 'codec/batch-frame-codec.ts';
const INDEX = 'index/index-file-format.ts';

/** Bugs of the parts that come with the core. */
export const PART_MUTATIONS: readonly Mutation[] = [
  {
    name: 'checksums know nothing of log and segment',
    file: 'codec/segment-seed.ts',
    find: 'return checksum.of(identity, 0, identity.length, 0);',
    replace: 'return 0;',
    by: 'exam of codecs',
  },
  {
    name: 'the length of a frame is not checked',
    file: BATCH,
    find: '|| into.frameBytes > this.#maxFrameBytes) {',
    replace: ') {',
    by: 'exam of codecs',
  },
  {
    name: 'the checksum of a frame header is not checked',
    file: BATCH,
    find: "if (view.getUint32(at + AT.headerChecksum) !== this.#headerChecksum(source, position)) return 'corrupt';",
    replace: '',
    by: 'exam of codecs',
  },
  {
    name: 'a frame body need not end where its frame ends',
    file: 'codec/batch-frame-cursor.ts',
    find: 'return this.recordEnd === this.#end && this.offset',
    replace: 'return this.offset',
    by: 'facts of frames',
  },
  {
    name: 'records in the middle of a frame have the offsets of those before them',
    file: 'codec/batch-frame-cursor.ts',
    find: 'this.offset = before.number === 0 ? offsetBefore(header) : before.offset;',
    replace: 'this.offset = before.number === 0 ? offsetBefore(header) : before.offset - 1;',
    by: 'exam of codecs',
  },
  {
    name: 'a plain frame is believed without its checksum',
    file: 'codec/crc-frame-codec.ts',
    find: "if (checksum !== readU32(source, position)) return 'corrupt';",
    replace: '',
    by: 'facts of frames',
  },
  {
    name: 'an index is believed without its checksum',
    file: INDEX,
    find: 'return view.getUint32(end) === checksum.of(bytes, 0, end, 0);',
    replace: 'return end > 0 && checksum.id > 0;',
    by: 'exam of indexes',
  },
  {
    name: 'an index of another segment is believed',
    file: INDEX,
    find: 'if (!isOurs(bytes, view, checksum) || !describes(view, segment)) return undefined;',
    replace: 'if (!isOurs(bytes, view, checksum)) return undefined;',
    by: 'exam of indexes',
  },
  {
    name: 'an index that reaches beyond its segment is believed',
    file: INDEX,
    find: 'if (!within(coveredUpTo, segment.firstPosition, segment.endPosition + 1)) return undefined;',
    replace: '',
    by: 'exam of indexes',
  },
  {
    name: 'a look-up overshoots by one entry',
    file: 'index/sparse-index.ts',
    find: 'const found = countBelow(this.#offsets, this.#length, offset + 1);',
    replace: 'const found = Math.min(this.#length, countBelow(this.#offsets, this.#length, offset + 1) + 1);',
    by: 'exam of indexes',
  },
  {
    name: 'a look-up by time overshoots',
    file: 'index/sparse-index.ts',
    find: 'const found = countBelow(this.#timestamps, this.#length, timestampMs);',
    replace: 'const found = countBelow(this.#timestamps, this.#length, timestampMs + 1);',
    by: 'exam of indexes',
  },
  {
    name: 'a deadline moves with every write',
    file: 'policy/sync-policies.ts',
    find: 'const atMs = tail.firstWriteMs + delayMs;',
    replace: 'const atMs = tail.nowMs + delayMs;',
    by: 'exam of policies',
  },
  {
    name: 'a producer that was fenced writes on',
    file: 'producer/producer-entry.ts',
    find: 'if (epoch < entry.epoch) {',
    replace: 'if (epoch < 0) {',
    by: 'exam of logs',
  },
];
