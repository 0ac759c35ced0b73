export interface StoredTopic {
  readonly name: string;
  readonly id: string;
  readonly partitions: number;
  readonly createdAtMs: number;
  readonly config: Readonly<Record<string, unknown>>;
}

export interface StoredCatalog {
  /** By their ids. */
  readonly topics: ReadonlyMap<string, StoredTopic>;
  /** Paths below `topics/` that count for nothing. */
  readonly doomed: ReadonlySet<string>;
  /** Those of them whose topics were deleted. */
  readonly deleted: ReadonlySet<string>;
}

type CatalogEdit =
  | { readonly type: 'create'; readonly topic: StoredTopic }
  | { readonly type: 'grow'; readonly id: string; readonly partitions: number }
  | { readonly type: 'delete'; readonly id: string }
  | { readonly type: 'configure'; readonly id: string; readonly config: StoredTopic['config'] }
  | { readonly type: 'doom' | 'removed'; readonly paths: readonly string[] }
  | { readonly type: 'format' };

/** Directory of a topic below `topics/`. */
export const directoryOfTopic = ({ name, id }: Pick<StoredTopic, 'name' | 'id'>): string =>
  `${name.slice(0, 200)}-${id}`;

/** What the edits of a catalog amount to, by docs/format.md#catalog-edits. */
export function foldCatalog(edits: readonly unknown[], complain: (message: string) => void): StoredCatalog {
  const topics = new Map<string, StoredTopic>();
  const doomed = new Set<string>();
  const deleted = new Set<string>();
  const known = (id: string): StoredTopic => {
    const topic = topics.get(id);
    if (topic === undefined) complain(`an edit is about topic ${id}, which is not there`);
    return topic ?? { name: '', id, partitions: 0, createdAtMs: 0, config: {} };
  };
  for (const edit of edits as readonly CatalogEdit[]) {
    if (edit.type === 'create') {
      const { name } = edit.topic;
      if ([...topics.values()].some((topic) => topic.name.toLowerCase() === name.toLowerCase()))
        complain(`topic ${name} is there twice`);
      topics.set(edit.topic.id, edit.topic);
      doomed.delete(directoryOfTopic(edit.topic));
    } else if (edit.type === 'grow') {
      const before = known(edit.id);
      topics.set(edit.id, { ...before, partitions: edit.partitions });
      for (let i = before.partitions; i < edit.partitions; i += 1)
        doomed.delete(`${directoryOfTopic(before)}/${i}`);
    } else if (edit.type === 'configure') topics.set(edit.id, { ...known(edit.id), config: edit.config });
    else if (edit.type === 'delete') {
      doomed.add(directoryOfTopic(known(edit.id)));
      deleted.add(directoryOfTopic(known(edit.id)));
      topics.delete(edit.id);
    } else if (edit.type === 'doom') for (const path of edit.paths) doomed.add(path);
    else if (edit.type === 'removed')
      for (const path of edit.paths) {
        doomed.delete(path);
        deleted.delete(path);
      }
  }
  return { topics, doomed, deleted };
}
