import type { Mutation } from '@seglog/tools';

const TRUNCATE = 'log/truncate-log.ts';
const CLEANER = 'log/cleaner.ts';

/** Bugs of truncating, deleting, rewriting and reading. */
export const CHANGE_MUTATIONS: readonly Mutation[] = [
  {
    name: 'a truncation is acknowledged before its edit is durable',
    file: TRUNCATE,
    find: 'await manifest.commit(edits);',
    replace: 'manifest.commit(edits).catch(() => undefined);',
    by: 'crash: truncate',
  },
  {
    name: 'the copy of a truncated segment is not synced',
    file: TRUNCATE,
    find: 'await target.sync();',
    replace: '',
    by: 'crash: truncate',
  },
  {
    name: 'the name of a truncated copy is not synced',
    file: TRUNCATE,
    find: 'await directory.sync();',
    replace: '',
    by: 'crash: truncate',
  },
  {
    name: 'a truncation keeps one record too many',
    file: TRUNCATE,
    find: '({ offset }) => offset < end,',
    replace: '({ offset }) => offset <= end,',
    by: 'random stores',
  },
  {
    name: 'a truncation does not raise the epoch',
    file: TRUNCATE,
    find: 'const next = await raisedEpoch(parts.components, epoch);',
    replace: 'await raisedEpoch(parts.components, epoch);\n    const next = epoch;',
    by: 'epochs',
  },
  {
    name: 'a new log start is acknowledged before it is durable',
    file: CLEANER,
    find: 'await manifest.commit(edits);\n    marks.advance({ logStart: firstKept });',
    replace: 'manifest.commit(edits).catch(() => undefined);\n    marks.advance({ logStart: firstKept });',
    by: 'crash: delete',
  },
  {
    name: 'a compacted segment is not named before its sources go',
    file: CLEANER,
    find: "await manifest.commit([{ type: 'swap', remove: run.map(({ facts }) => facts.id), add: added }]);",
    replace:
      "manifest.commit([{ type: 'swap', remove: run.map(({ facts }) => facts.id), add: added }]).catch(() => undefined);",
    by: 'crash: clean',
  },
  {
    name: 'the name of a compacted segment is not synced',
    file: 'log/rewrite-segments.ts',
    find: "await target.seal('forced');\n    await components.directory.sync();",
    replace: "await target.seal('forced');",
    by: 'crash: clean',
  },
  {
    name: 'a compaction drops headers',
    file: 'log/segment-rewrite.ts',
    find: 'return { offset, timestampMs, key, value, headers };',
    replace: 'return { offset, timestampMs, key, value, headers: headers.slice(0, 0) };',
    by: 'random stores',
  },
  {
    name: 'a read near the end starts behind what it asks for',
    file: 'segment/segment.ts',
    find: 'offset >= live.recentOffset ?',
    replace: 'offset >= live.recentOffset - 1 ?',
    by: 'exam of logs',
  },
  {
    name: 'a short write is shown in the place of what came after it',
    file: 'segment/recent-file.ts',
    find: 'if (this.#start + this.#length !== writtenEnd) return undefined;',
    replace: '',
    by: 'exam of logs',
  },
  {
    name: 'frames are served unverified',
    file: 'log/log-walk.ts',
    find: 'if (this.#context.verify && !',
    replace: 'if (this.#number < 0 && !',
    by: 'damaged stores',
  },
  {
    name: 'a frame in the place of another one is served',
    file: 'log/log-walk.ts',
    find: 'if (this.#expected < 0) return false;',
    replace: 'return false;',
    by: 'golden stores',
  },
  {
    name: 'lost offsets are said to be compacted',
    file: 'log/gaps.ts',
    find: "gaps.push({ from: start, to: end, reason: 'lost' });",
    replace: "gaps.push({ from: start, to: end, reason: 'compacted' });",
    by: 'damaged stores',
  },
  {
    name: 'damage ends a read in silence',
    file: 'log/log-walk.ts',
    find: "if (scan.position < this.#endPosition) return 'damage';",
    replace: '',
    by: 'damaged stores',
  },
  {
    name: 'a reader does not go on to the next segment',
    file: 'log/log-walk.ts',
    find: "this.#leave();\n      return 'go on';",
    replace: 'this.#leave();\n      return false;',
    by: 'random stores',
  },
  {
    name: 'the footer of a segment is not checked',
    file: 'segment/segment-open.ts',
    find: 'if (facts.sealed) await checkFooter(context, facts, reader);',
    replace: '',
    by: 'golden stores',
  },
  {
    name: 'a segment of another log is read',
    file: 'segment/segment-open.ts',
    find: 'if (header.id !== facts.id || header.baseOffset !== facts.baseOffset || header.logId !== context.logId) {',
    replace: 'if (header.baseOffset !== facts.baseOffset) {',
    by: 'golden stores',
  },
  {
    name: 'a newer format is read as if it were known',
    file: 'segment/segment-header.ts',
    find: 'if (view.getUint16(10) > SEGMENT_FORMAT_VERSION) {',
    replace: 'if (view.getUint16(10) > 99) {',
    by: 'golden stores',
  },
];
