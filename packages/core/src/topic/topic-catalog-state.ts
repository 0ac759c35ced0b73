import { SeglogError } from '../contract/error.js';
import type { JsonValue } from '../journal/json-value.js';
import type { CleanupOverrides } from './cleanup-settings.js';
import { parseCatalogEdit } from './topic-catalog-edit.js';
import { topicNameKey } from './topic-name.js';

/** What happens to old records: removed by age or size, reduced to the latest of each key, or both. */
export type CleanupPolicy = 'delete' | 'compact' | 'compact,delete';

/** What a topic keeps for ever beside its records; how it is cleaned can be changed. */
export type TopicConfig = {
  readonly cleanupPolicy: CleanupPolicy;
  /** Numbers of its cleanup that differ from the engine's. */
  readonly cleanup: CleanupOverrides;
  /** Names of the serdes that its records are written with. */
  readonly keySerde: string;
  readonly valueSerde: string;
  /** Settings of its logs that differ from the engine's. */
  readonly settings: Readonly<Record<string, string | number | boolean>>;
};

export type TopicEntry = {
  readonly name: string;
  /** 16 lowercase hexadecimal digits, random: a topic that is made again under a name is another one. */
  readonly id: string;
  readonly createdAtMs: number;
  readonly partitions: number;
  readonly config: TopicConfig;
};

/**
 * A step in the life of the catalog. A *doomed* path (`<directory>` or `<directory>/<partition>` below `topics/`) counts for
 * nothing and is removed when there is time: directories are doomed durably before they are made, and cease to be by the
 * edit that puts them into use. So whatever a crash leaves is known to be a leftover, and nothing else is ever removed. One
 * that holds records, though its topic was not deleted, was in use: the edit that said so was lost, and it stays as a stray.
 */
export type CatalogEdit =
  | { readonly type: 'doom'; readonly paths: readonly string[] }
  | { readonly type: 'create'; readonly topic: TopicEntry }
  | { readonly type: 'grow'; readonly id: string; readonly partitions: number }
  | { readonly type: 'configure'; readonly id: string; readonly config: TopicConfig }
  | { readonly type: 'delete'; readonly id: string }
  | { readonly type: 'removed'; readonly paths: readonly string[] }
  /** Frames of this codec, or with this checksum, may be anywhere in the data root from now on. */
  | { readonly type: 'format'; readonly format: UsedFormat };

export type UsedFormat = { readonly kind: 'codec' | 'checksum'; readonly id: number; readonly name: string };

/** Directory of a topic below `topics/`. The id makes it unique; a very long name is shortened, the catalog has it whole. */
export function topicDirectoryName(topic: { readonly name: string; readonly id: string }): string {
  return `${topic.name.slice(0, 200)}-${topic.id}`;
}

/** What the edits of a catalog amount to. Does no I/O. */
export class CatalogState {
  readonly #topics: Map<string, TopicEntry> = new Map();
  readonly #namesById: Map<string, string> = new Map();
  readonly #namesByKey: Map<string, string> = new Map();
  readonly #doomed: Set<string> = new Set();
  /** Topics that were deleted and whose directories are still doomed, by these. */
  readonly #deleted: Map<string, TopicEntry> = new Map();
  readonly #formats: Map<string, UsedFormat> = new Map();

  public get topics(): ReadonlyMap<string, TopicEntry> {
    return this.#topics;
  }

  public get doomed(): ReadonlySet<string> {
    return this.#doomed;
  }

  /** Directories that are doomed because their topics were deleted: nobody needs what is in them. */
  public get deleted(): Pick<ReadonlySet<string>, 'has'> {
    return this.#deleted;
  }

  /** Every codec and checksum that was ever written with. */
  public get formats(): readonly UsedFormat[] {
    return [...this.#formats.values()];
  }

  /** The topic whose name equals `name` but for case. */
  public nameLike(name: string): string | undefined {
    return this.#namesByKey.get(topicNameKey(name));
  }

  public byId(id: string): TopicEntry | undefined {
    const name = this.#namesById.get(id);
    return name === undefined ? undefined : this.#topics.get(name);
  }

  /** Takes in an edit as it was read. `CORRUPT_METADATA` when it cannot follow the ones before it. */
  public applyStored(stored: unknown): void {
    this.apply(parseCatalogEdit(stored));
  }

  public apply(edit: CatalogEdit): void {
    switch (edit.type) {
      case 'doom':
        for (const path of edit.paths) this.#doomed.add(path);
        return;
      case 'removed':
        for (const path of edit.paths) this.#forget(path);
        return;
      case 'create':
        this.#create(edit.topic);
        return;
      case 'grow':
        this.#grow(this.#require(edit.id), edit.partitions);
        return;
      case 'configure':
        this.#configure(this.#require(edit.id), edit.config);
        return;
      case 'delete':
        this.#delete(this.#require(edit.id));
        return;
      case 'format':
        this.#formats.set(`${edit.format.kind}/${edit.format.id}`, edit.format);
    }
  }

  /** Edits that lead to this state from nothing. */
  public snapshot(): readonly JsonValue[] {
    const formats = this.formats.map((format) => ({ type: 'format', format }));
    const deleted = [...this.#deleted.values()].flatMap((topic) => [
      created(topic),
      { type: 'delete', id: topic.id },
    ]);
    const paths = [...this.#doomed].filter((path) => !this.#deleted.has(path));
    const doomed = paths.length === 0 ? [] : [{ type: 'doom', paths }];
    return [...formats, ...deleted, ...[...this.#topics.values()].map(created), ...doomed];
  }

  #forget(path: string): void {
    this.#doomed.delete(path);
    this.#deleted.delete(path);
  }

  #create(topic: TopicEntry): void {
    if (this.nameLike(topic.name) !== undefined || this.#namesById.has(topic.id)) {
      throw impossible('a topic is created twice', topic.name);
    }
    this.#topics.set(topic.name, topic);
    this.#namesById.set(topic.id, topic.name);
    this.#namesByKey.set(topicNameKey(topic.name), topic.name);
    this.#doomed.delete(topicDirectoryName(topic));
  }

  #grow(topic: TopicEntry, partitions: number): void {
    if (partitions <= topic.partitions) throw impossible('a topic loses partitions', topic.name);
    this.#topics.set(topic.name, { ...topic, partitions });
    for (let partition = topic.partitions; partition < partitions; partition += 1) {
      this.#doomed.delete(`${topicDirectoryName(topic)}/${partition}`);
    }
  }

  #configure(topic: TopicEntry, config: TopicConfig): void {
    const { keySerde, valueSerde } = topic.config;
    if (config.keySerde !== keySerde || config.valueSerde !== valueSerde) {
      throw impossible('a topic gets other serdes', topic.name);
    }
    this.#topics.set(topic.name, { ...topic, config });
  }

  #delete(topic: TopicEntry): void {
    this.#topics.delete(topic.name);
    this.#namesById.delete(topic.id);
    this.#namesByKey.delete(topicNameKey(topic.name));
    this.#doomed.add(topicDirectoryName(topic));
    this.#deleted.set(topicDirectoryName(topic), topic);
  }

  #require(id: string): TopicEntry {
    const topic = this.byId(id);
    if (topic === undefined) throw impossible('an edit is about a topic that is not there', id);
    return topic;
  }
}

/** As JSON has it: what is no limit is null there. */
function created(topic: TopicEntry): JsonValue {
  const copy: JsonValue = JSON.parse(JSON.stringify(topic));
  return { type: 'create', topic: copy };
}

function impossible(finding: string, topic: string): SeglogError {
  return new SeglogError(
    'CORRUPT_METADATA',
    `the topic catalog contradicts itself: ${finding}; nothing was changed`,
    { topic },
  );
}
