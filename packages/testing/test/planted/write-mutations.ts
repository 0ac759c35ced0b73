import type { Mutation } from '@seglog/tools';

const WRITER = 'log/log-writer.ts';
const ACTIVE = 'log/active-segment.ts';
const COMMIT = 'log/group-commit.ts';
const SIDE = 'log/write-side.ts';

/** Bugs of appending, syncing, rolling and closing. */
export const WRITE_MUTATIONS: readonly Mutation[] = [
  {
    name: 'an append is acknowledged before its sync',
    file: WRITER,
    find: "if (request.acknowledge === 'synced') commit.wait(request);\n      else request.resolve();",
    replace: 'request.resolve();',
    by: 'crash: slow calls',
  },
  {
    name: 'a failed sync is taken for one that worked',
    file: COMMIT,
    find: 'if (failure !== undefined) {',
    replace: 'if (failure !== undefined && this.#stopped) {',
    by: 'faults: append, roll',
  },
  {
    name: 'a poisoned log goes on taking appends',
    file: SIDE,
    find: 'this.#writer.stop();\n    rejectUnproven(this.#commit.stop(), cause);',
    replace: '',
    by: 'faults: append, roll',
  },
  {
    name: 'a refused append stays on the disk',
    file: WRITER,
    find: 'await this.#context.commit.alone(() => active.cutBack());',
    replace: 'await Promise.resolve();',
    by: 'full disk',
  },
  {
    name: 'the cut after a full disk is not synced',
    file: ACTIVE,
    find: 'await this.#file.truncate(this.published.endPosition);\n    await this.sync();',
    replace: 'await this.#file.truncate(this.published.endPosition);',
    by: 'full disk',
  },
  {
    name: 'offsets of a refused append are not given back',
    file: WRITER,
    find: 'active.assigned.copyFrom(group.before);',
    replace: '',
    by: 'full disk',
  },
  {
    name: 'what was written during a sync counts as synced by it',
    file: COMMIT,
    find: 'this.#advance(covers);\n    this.decide();',
    replace: 'this.#advance(this.#written);\n    this.decide();',
    by: 'crash: overlapping syncs',
  },
  {
    name: 'a sync covers the whole log, whatever was written since it began',
    file: COMMIT,
    find: 'this.#context.onSynced(covers,',
    replace: 'this.#context.onSynced(this.#written,',
    by: 'crash: safe records',
  },
  {
    name: 'a sync of a waiter is never started',
    file: COMMIT,
    find: 'this.#forcedUpTo = Math.max(this.#forcedUpTo, upTo);',
    replace: '',
    by: 'crash: never',
  },
  {
    name: 'frames claim more to be stable than is',
    file: 'log/write-side-rooms.ts',
    find: 'durable: () => marks.synced }',
    replace: 'durable: () => marks.now.logEnd }',
    by: 'crash: groups',
  },
  {
    name: 'the watermark runs ahead of the sync',
    file: 'log/write-side-rooms.ts',
    find: 'durable: marks.synced,',
    replace: 'durable: marks.now.logEnd,',
    by: 'crash: groups',
  },
  {
    name: 'the footer of a sealed segment is not synced',
    file: ACTIVE,
    find: 'await this.#file.truncate(facts.endPosition + SEGMENT_FOOTER_BYTES);\n    await this.sync();',
    replace: 'await this.#file.truncate(facts.endPosition + SEGMENT_FOOTER_BYTES);',
    by: 'crash: roll',
  },
  {
    name: 'zeros stay behind the footer of a sealed segment',
    file: ACTIVE,
    find: 'await this.#file.truncate(facts.endPosition + SEGMENT_FOOTER_BYTES);',
    replace: '',
    by: 'random stores',
  },
  {
    name: 'a clean close does not sync',
    file: ACTIVE,
    find: 'await this.sync();\n    return this.published.facts(this.name, this.name);',
    replace: 'return this.published.facts(this.name, this.name);',
    by: 'crash: groups',
  },
  {
    name: 'a new segment is not synced before it is named',
    file: 'log/segment-factory.ts',
    find: 'await file.write(0, [encodeSegmentHeader(header, context.crc32c)]);\n      await file.sync();',
    replace: 'await file.write(0, [encodeSegmentHeader(header, context.crc32c)]);',
    by: 'crash: roll',
  },
  {
    name: 'the name of a new segment is not synced before the manifest names it',
    file: 'log/log-tail.ts',
    find: 'await finalSync(() => this.#parts.directory.sync());\n    const sealed',
    replace: 'const sealed',
    by: 'crash: roll',
  },
  {
    name: 'the manifest is edited before the old segment is sealed',
    file: 'log/log-tail.ts',
    find: 'const sealed = await old.seal(reason);\n    const { reason: _, ...facts } = sealed;\n    await this.#parts.manifest.commit([',
    replace:
      'const sealed = { ...old.published.facts(old.name, old.name), sealed: true as const, reason };\n    const { reason: _, ...facts } = sealed;\n    void this.#parts.directory.sync().then(() => old.seal(reason));\n    await this.#parts.manifest.commit([',
    by: 'crash: roll',
  },
  {
    name: 'an offset is given out twice after a roll',
    file: 'log/log-tail.ts',
    find: 'factory.create(old.published.nextOffset, old.name.id)',
    replace: 'factory.create(Math.max(0, old.published.nextOffset - 1), old.name.id)',
    by: 'random stores',
  },
  {
    name: 'an expected offset is not looked at',
    file: 'log/group-encoder.ts',
    find: 'if (expected === undefined || expected === nextOffset) return;',
    replace: 'return;',
    by: 'exam of logs',
  },
  {
    name: 'a repeated batch of a producer is applied twice',
    file: 'log/group-encoder.ts',
    find: "if (verdict.kind === 'new') return false;",
    replace: 'return false;',
    by: 'exam of logs',
  },
  {
    name: 'the name of a swapped manifest is not synced',
    file: 'journal/current-file.ts',
    find: 'await directory.rename(CURRENT_TEMPORARY, CURRENT);\n  await directory.sync();',
    replace: 'await directory.rename(CURRENT_TEMPORARY, CURRENT);',
    by: 'crash: journal',
  },
  {
    name: 'a temporary file is renamed before it is synced',
    file: 'journal/current-file.ts',
    find: 'await file.sync();\n  } finally {',
    replace: '} finally {',
    by: 'crash: journal',
  },
];
